import {existsSync} from 'node:fs'
import {resolve} from 'node:path'
import type {ToolContext} from '../tool/tool-context.ts'
import type {Invocation} from './invocation.ts'

/** `-resultBundlePath`, absolute. */
export function resultBundlePath({cwd}: ToolContext, invocation: Invocation): string | undefined {
  const given = invocation.value('-resultBundlePath')
  return given === undefined ? undefined : resolve(cwd, given)
}

export function resultBundleThere(context: ToolContext, invocation: Invocation): boolean {
  const path = resultBundlePath(context, invocation)
  return path !== undefined && !invocation.has('-showBuildSettings') && existsSync(path)
}
