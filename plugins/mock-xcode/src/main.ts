import {enableCompileCache} from 'node:module'
import {processOutput} from './tool/process-output.ts'
import {runTool} from './tool/run-tool.ts'

/** Runs the tool called `tool`, installed under `home`, with the given words, and leaves this process with its exit status. */
export async function main(tool: string, home: string, argv: readonly string[], ownDeveloperDir?: string): Promise<void> {
  enableCompileCache()
  const output = processOutput()
  const status = await runTool({tool, argv, home, ownDeveloperDir, cwd: process.cwd(), env: process.env, output})
  await output.drained()
  process.exit(status)
}
