import {accessSync, constants} from 'node:fs'
import {join} from 'node:path'
import type {Backend} from '@rch/contract'
import {createInterpreter} from '@rch/interpreter'
import {execute} from './execute.ts'
import {planInvocation} from './plan.ts'

/** The backend that hands a job to xcodebuild itself. Its exit status and signal are xcodebuild's own. */
export function createXcodebuildBackend(): Backend {
  return {
    id: 'xcodebuild',
    detect: async (toolchain) => {
      const program = join(toolchain.developer_dir, 'usr/bin/xcodebuild')
      try {
        accessSync(program, constants.X_OK)
        return {available: true, version: `${toolchain.xcode_version} (${toolchain.xcode_build})`, reasons: []}
      } catch {
        return {available: false, version: null, reasons: [`${program} is not an executable file`]}
      }
    },
    plan: (job, paths) => [planInvocation(job, paths)],
    execute,
    interpreter: (options) => createInterpreter(options),
  }
}
