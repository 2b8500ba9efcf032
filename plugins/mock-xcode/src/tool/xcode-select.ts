import {developerDir, type ToolContext} from './tool-context.ts'

/** `xcode-select -p`, `--version`; the mock installation cannot be switched. */
export function xcodeSelect(context: ToolContext): number {
  const [word] = context.argv
  switch (word) {
    case '-p':
    case '--print-path':
      context.output.out(`${developerDir(context)}\n`)
      return 0
    case '-v':
    case '--version':
      context.output.out('xcode-select version 2412mock.\n')
      return 0
    case '-s':
    case '--switch':
      context.output.err('xcode-select: error: the mock has only one developer directory\n')
      return 1
    default:
      context.output.err('Usage: xcode-select [options]\n\nPrint or change the path to the active developer directory. (mock)\n')
      return 1
  }
}
