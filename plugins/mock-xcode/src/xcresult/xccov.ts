import {resolve} from 'node:path'
import type {ToolContext} from '../tool/tool-context.ts'
import {readBundle} from './bundle-file.ts'
import {coverageAnswer} from './coverage.ts'
import {jsonText} from './json-text.ts'

const usageStatus = 64

/** `xccov view --report --json BUNDLE`, the one question that is asked of it. */
export function xccov({argv, cwd, output}: ToolContext): number {
  const [verb, ...rest] = argv
  const [bundle] = rest.filter((word) => !word.startsWith('--'))
  if (verb !== 'view' || bundle === undefined || !rest.includes('--report') || !rest.includes('--json')) {
    output.err('Error: mock xccov knows only `view --report --json <result bundle>`\n')
    return usageStatus
  }
  try {
    const {coverage} = readBundle(resolve(cwd, bundle))
    if (coverage === undefined) {
      output.err(`Error: Failed to load coverage report from result bundle at ${bundle}: there is none (mock)\n`)
      return 1
    }
    output.out(`${jsonText(coverageAnswer(coverage), {compact: true, shuffle: false})}\n`)
    return 0
  } catch (error) {
    output.err(`Error: ${error instanceof Error ? error.message : 'unreadable result bundle'}\n`)
    return 1
  }
}
