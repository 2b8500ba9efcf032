import {readFileSync, statfsSync} from 'node:fs'
import {cpus, release, totalmem} from 'node:os'
import type {WorkerContext} from '../context.ts'
import {appleTools} from '../toolchain/tools.ts'
import type {DocumentBody} from './session.ts'

/** The machine around the job, from what the last probe knew: nothing is asked anew at the end of a job. */
export function describeMachine(context: Pick<WorkerContext, 'config' | 'layout'>): DocumentBody<'environment'> {
  const tools = appleTools(context.config)
  const disk = statfsSync(context.config.roots.jobs_root)
  const {value} = JSON.parse(readFileSync(context.layout.probeCache, 'utf8')) as {
    value: Pick<DocumentBody<'environment'>, 'os' | 'runtimes'> & {problems: readonly string[]}
  }
  return {
    os: {...value.os, kernel: release()},
    locale: 'en_US.UTF-8',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    cpu_count: cpus().length,
    memory_bytes: totalmem(),
    disk_free_bytes: disk.bavail * disk.bsize,
    disk_total_bytes: disk.blocks * disk.bsize,
    runtimes: value.runtimes,
    services: {
      gui_session: null,
      core_simulator: value.problems.some((problem) => problem.startsWith('simctl'))
        ? 'broken'
        : tools.kind === 'mock'
          ? 'not_checked'
          : 'ok',
      resident_agent: false,
    },
  }
}
