import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {setTimeout} from 'node:timers/promises'
import {fileURLToPath} from 'node:url'
import type {EffectiveProfile} from '@rch/contract'
import {takeSnapshot} from '../src/snapshot/index.ts'
import {openRun, stageOver, startWorker} from './staging-fixture.ts'

/** Peak resident bytes. */
export interface Memory {
  readonly host: number
  readonly harness: number
}

/** Stages a tree from a process of its own and watches what both sides need. Linux only: it reads /proc. */
export async function measureMemory(workerRoot: string, tree: string): Promise<Memory> {
  const host = spawn(process.execPath, ['--conditions=rch-source', fileURLToPath(import.meta.url), workerRoot, tree], {stdio: 'inherit'})
  const ended = once(host, 'exit')
  const peak = {host: 0, harness: 0}
  while (host.exitCode === null) {
    for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
      const words = read(`/proc/${pid}/cmdline`).split('\0')
      const side =
        Number(pid) === host.pid
          ? 'host'
          : words[0] === process.execPath && words.includes(`--config=${workerRoot}/worker.toml`)
            ? 'harness'
            : null
      if (side !== null) peak[side] = Math.max(peak[side], Number(/VmHWM:\s+(\d+)/.exec(read(`/proc/${pid}/status`))?.[1] ?? 0) * 1024)
    }
    await setTimeout(20)
  }
  const [code] = await ended
  if (code !== 0) throw new Error(`staging ended with ${code}`)
  return peak
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}

const SOURCE: EffectiveProfile['source'] = {
  mode: 'working_tree',
  require_clean: false,
  include_untracked: true,
  include: [],
  excludes: [],
  symlinks: 'allow_safe',
  hardlinks: 'allow',
  submodules: 'include',
  lfs: 'require',
  max_bytes: 4_000_000_000,
  max_file_bytes: 3_000_000_000,
  read_only: false,
  verify_after_stage: false,
  verify_after_run: false,
  stager: 'cas',
}

if (import.meta.main) {
  const [workerRoot = '', tree = ''] = process.argv.slice(2)
  const worker = await startWorker(workerRoot)
  try {
    const connection = await openRun(worker.sshd, worker.sshd.port)
    const cacheDir = join(workerRoot, 'snapshot-cache')
    await stageOver(connection, await takeSnapshot({root: tree, source: SOURCE, container: null, cacheDir}))
    await connection.close()
  } finally {
    await worker.stop()
  }
}
