import {fileURLToPath} from 'node:url'
import type {Interfaces} from '@oclif/core'
import {guardOutput} from './infra/reader-gone.ts'

/**
 * The command line's entry: answers what needs no framework, then hands over to oclif. Output is drained before the process
 * ends and a reader that went away ends it quietly, which oclif's own `execute()` does not do.
 */
export async function start(argv: readonly string[], entry: string | Interfaces.LoadOptions): Promise<void> {
  guardOutput([process.stdout, process.stderr])
  if (argv.length === 1 && (argv[0] === '--version' || argv[0] === '-v')) {
    const {LANE_VERSION} = await import('@rch/contract/versions')
    process.stdout.write(`rch/${LANE_VERSION} ${process.platform}-${process.arch} node-${process.version}\n`)
    return
  }
  if (argv[0] === 'xcode' && argv[1] === 'intercept' && !argv.includes('--help')) {
    const {interceptMain} = await import('./fast/intercept.ts')
    return interceptMain(argv.slice(2))
  }
  await runOclif(argv, entry)
}

async function runOclif(argv: readonly string[], entry: string | Interfaces.LoadOptions): Promise<void> {
  const {settings} = await import('@oclif/core/settings')
  settings.enableAutoTranspile = false // NODE_ENV belongs to the user's project, not to us
  const {run} = await import('@oclif/core/run')
  try {
    await run([...argv], typeof entry === 'string' ? fileURLToPath(entry) : entry)
  } catch (error) {
    await new Promise<void>((resolve) => process.stdout.write('', () => resolve())) // handle() calls process.exit()
    const {handle} = await import('@oclif/core/handle')
    await handle(error instanceof Error ? error : new Error(String(error)))
  }
}
