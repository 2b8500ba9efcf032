import {spawn} from 'node:child_process'
import {existsSync} from 'node:fs'
import {setTimeout as delay} from 'node:timers/promises'
import type {ToolOutput} from '../tool/tool-context.ts'
import type {Phase, Scenario} from './scenario.ts'

/** The volume is full, as the scenario wants it. */
export class DiskFull extends Error {}

/** Does what the scenario wants at the beginning of `phase`. */
export async function enterPhase(scenario: Scenario, phase: Phase, output: ToolOutput): Promise<void> {
  if (scenario.unkillable?.phase === phase) ignoreSignals(output)
  const text = scenario.print?.[phase]
  if (text !== undefined) output.out(text.endsWith('\n') ? text : `${text}\n`)
  const wait = scenario.slow_ms?.[phase] ?? 0
  if (wait > 0) await delay(wait)
  const awaited = scenario.wait_for?.[phase]
  if (awaited !== undefined) await fileAt(awaited)
  if (scenario.unkillable?.phase === phase) await outlive((scenario.unkillable.seconds ?? 60) * 1000)
  if (scenario.hang === phase) await forever()
  if (scenario.crash?.phase === phase) await dieBy(scenario.crash.signal, output)
  if (scenario.disk_full === phase) throw new DiskFull()
  if (scenario.huge_log_mb !== undefined && phase === 'compile') await flood(scenario.huge_log_mb, output)
}

/** Holds the process without a word, until somebody ends it. */
export function forever(): Promise<never> {
  setInterval(() => undefined, 60_000)
  return new Promise<never>(() => undefined)
}

async function fileAt(path: string): Promise<void> {
  while (!existsSync(path)) await delay(20)
}

function ignoreSignals(output: ToolOutput): void {
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.removeAllListeners(signal)
    process.on(signal, () => output.out(`note: mock Xcode ignores ${signal}\n`))
  }
}

/** Stays, and leaves a process in a session of its own that stays as long. */
async function outlive(milliseconds: number): Promise<void> {
  const script = `for (const s of ['SIGINT','SIGTERM','SIGHUP']) process.on(s, () => {}); setTimeout(() => {}, ${milliseconds})`
  spawn(process.execPath, ['-e', script], {detached: true, stdio: 'ignore'}).unref()
  await delay(milliseconds)
}

async function dieBy(signal: NodeJS.Signals, output: ToolOutput): Promise<void> {
  await output.drained()
  process.removeAllListeners(signal)
  process.kill(process.pid, signal)
  await forever()
}

async function flood(megabytes: number, output: ToolOutput): Promise<void> {
  const line = `note: mock Xcode fills the log ${'.'.repeat(180)}\n`
  const block = line.repeat(Math.ceil(65_536 / line.length))
  for (let written = 0; written < megabytes * 1_000_000; written += block.length) {
    output.out(block)
    await output.drained()
  }
}
