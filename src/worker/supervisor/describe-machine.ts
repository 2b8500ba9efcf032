import {statfsSync} from 'node:fs'
import {cpus, release, totalmem} from 'node:os'
import type {WorkerContext} from '../context.ts'
import {lastToolchain} from '../toolchain/probe-worker.ts'
import {appleTools} from '../toolchain/tools.ts'
import type {DocumentBody} from './session.ts'

/** The machine around the job, from what the last probe knew: nothing is asked anew at the end of a job. */
export function describeMachine(context: Pick<WorkerContext, 'config' | 'layout'>): DocumentBody<'environment'> {
  const tools = appleTools(context.config)
  const disk = statfsSync(context.config.roots.jobs_root)
  const known = lastToolchain(context)?.value
  return {
    os: {...(known?.os ?? UNKNOWN_OS), kernel: release()},
    locale: 'en_US.UTF-8',
    timezone: Intl.DateTimeFormat().resolvedOptions().timeZone,
    cpu_count: cpus().length,
    memory_bytes: totalmem(),
    disk_free_bytes: disk.bavail * disk.bsize,
    disk_total_bytes: disk.blocks * disk.bsize,
    runtimes: known?.runtimes ?? [],
    services: {
      gui_session: null,
      core_simulator: known?.problems.some((problem) => problem.startsWith('simctl'))
        ? 'broken'
        : known === undefined || tools.kind === 'mock'
          ? 'not_checked'
          : 'ok',
      resident_agent: false,
    },
  }
}

const UNKNOWN_OS = {name: 'unknown', version: '0', build: '0', arch: 'unknown'}
