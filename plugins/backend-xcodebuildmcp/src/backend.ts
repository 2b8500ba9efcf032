import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'
import {RchError, type Backend, type ToolchainInfo} from '@rch/contract'
import {createInterpreter} from '@rch/interpreter'
import {execute} from './execute.ts'
import {askVersion, installedTool, isSupported} from './installed-tool.ts'
import {planInvocations} from './plan.ts'
import {readSettings} from './settings.ts'

/**
 * The backend that hands a job to XcodeBuildMCP. Its settings table knows `command`, the tool's program and first words; without it
 * the tool is the npm package found beside this one.
 */
export function createXcodebuildmcpBackend(settings?: unknown): Backend {
  const tool = installedTool(readSettings(settings))
  return {
    id: 'xcodebuildmcp',
    detect: async (toolchain, env) => {
      const missing = missingTool(toolchain)
      if (missing !== null) return unavailable(missing)
      if (tool.problem !== null) return unavailable(tool.problem)
      const version = tool.version ?? (await askVersion(tool, env))
      if (version === null) return unavailable(`${tool.words.join(' ')} does not say its version`)
      if (!isSupported(version)) throw new RchError('mcp_incompatible', undefined, {data: {got: version}})
      return {available: true, version, reasons: []}
    },
    plan: (job, paths) => planInvocations(tool, job, paths),
    execute,
    interpreter: (options) => createInterpreter(options),
  }
}

function unavailable(reason: string) {
  return {available: false, version: null, reasons: [reason]}
}

/** The tool is of no use without xcodebuild, and on a Mac it calls the system's own xcrun, past a mock. */
function missingTool({kind, developer_dir}: ToolchainInfo): string | null {
  if (kind === 'mock' && process.platform === 'darwin') return 'on macOS it runs /usr/bin/xcrun, past a mock toolchain'
  const program = join(developer_dir, 'usr/bin/xcodebuild')
  try {
    accessSync(program, constants.X_OK)
    return null
  } catch {
    return `${program} is not an executable file`
  }
}
