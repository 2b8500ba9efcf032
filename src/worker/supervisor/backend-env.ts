import {userInfo} from 'node:os'
import type {JobSession} from './session.ts'
import {JOB_MARKER} from './sweep.ts'
import type {Prepared} from './phases/prepare.ts'

/**
 * The whole environment of the backend: a fixed safe set, the worker's own choice of Xcode, the forwarded names, the job's
 * marker. Nothing is inherited. Writes `executor_env.json`, which holds names only.
 */
export function backendEnvironment(session: JobSession, prepared: Prepared): Readonly<Record<string, string>> {
  const {username} = userInfo()
  const fixed: Record<string, string> = {
    PATH: prepared.tools.path,
    HOME: prepared.tools.home,
    USER: username,
    LOGNAME: username,
    TMPDIR: session.layout.work,
    LANG: 'en_US.UTF-8',
    DEVELOPER_DIR: prepared.toolchain.developer_dir,
    NSUnbufferedIO: 'YES',
    [JOB_MARKER]: session.request.job_id,
  }
  const mockState = process.env['RCH_MOCK_STATE']
  if (prepared.tools.kind === 'mock' && mockState !== undefined) fixed['RCH_MOCK_STATE'] = mockState
  const forwarded = Object.fromEntries(Object.entries(session.env).filter(([name]) => !Object.hasOwn(fixed, name)))
  session.put('executor_env', {
    passed_keys: [...Object.keys(fixed), ...Object.keys(forwarded)].toSorted(),
    dropped_keys: Object.keys(session.env)
      .filter((name) => Object.hasOwn(fixed, name))
      .toSorted(),
    overrides: Object.keys(fixed).toSorted(),
  })
  return {...fixed, ...forwarded}
}
