import {afterEach, beforeEach, expect, it, vi} from 'vitest'
import {plainPresenter} from '../../src/cli/present/plain-presenter.ts'
import {signOfLife} from '../../src/cli/present/sign-of-life.ts'

beforeEach(() => vi.useFakeTimers())
afterEach(() => vi.useRealTimers())

it('speaks before two seconds of silence are over, then ever more rarely, and no longer once stopped', () => {
  const said: number[] = []
  const life = signOfLife((seconds) => said.push(seconds))
  vi.advanceTimersByTime(2000)
  expect(said).toHaveLength(1)
  vi.advanceTimersByTime(10 * 60_000)
  expect(said.length).toBeGreaterThan(20)
  expect(said.length).toBeLessThan(40)
  life.stop()
  life.heard()
  const before = said.length
  vi.advanceTimersByTime(60_000)
  expect(said).toHaveLength(before)
})

it('begins anew with everything that is said', () => {
  const said: number[] = []
  const life = signOfLife((seconds) => said.push(seconds))
  for (let second = 0; second < 10; second += 1) {
    vi.advanceTimersByTime(1000)
    life.heard()
  }
  expect(said).toEqual([])
  vi.advanceTimersByTime(2000)
  expect(said).toEqual([2])
  life.stop()
})

it('tells what a run is at where nothing else is told', () => {
  const {lines, present, stop} = presenter({quiet: false, verbose: false})
  present.onProgress({type: 'selecting', workers: ['mini']})
  present.onProgress({type: 'snapshot_started'})
  vi.advanceTimersByTime(2000)
  expect(lines().at(-1)).toContain('reading the source')
  present.onProgress({type: 'snapshot_taken', files: 1, bytes: 1, hashed: 1, seconds: 3})
  vi.advanceTimersByTime(2000)
  expect(lines().at(-1)).toContain('asking mini')
  present.onProgress({type: 'run_started', run_id: 'a'.repeat(64), attempt: 1, worker: 'mini', mock: true})
  present.onProgress({type: 'step_started', index: 0, steps: 1, action: 'build', job_id: 'j'})
  const before = lines().length
  vi.advanceTimersByTime(2000)
  expect(lines()).toHaveLength(before + 1)
  expect(lines().at(-1)).toContain('build')
  stop()
})

it('tells how far an upload is, how fast it goes and how long it takes', () => {
  const {lines, present, stop} = presenter({quiet: false, verbose: false})
  const progress = {phase: 'blobs', bytesDone: 12e6, bytesTotal: 2e9, filesTotal: 1, bytesPerSecond: 3e6, secondsLeft: 662.4} as const
  present.onProgress({type: 'staging', progress})
  vi.advanceTimersByTime(2000)
  expect(lines().at(-1)).toMatch(/12\.0 MB of 2\.00 GB, 3\.00 MB\/s \(663 s left\)/)
  present.onProgress({type: 'staging', progress: {...progress, bytesPerSecond: 0, secondsLeft: null}})
  vi.advanceTimersByTime(5000)
  expect(lines().at(-1)).not.toMatch(/left|\/s/)
  stop()
})

it.each([
  ['those who want to hear of trouble alone', {quiet: false, verbose: false, troubleOnly: true}],
  ['those who asked for quiet', {quiet: true, verbose: false}],
])('tells %s nothing of it', (_, options) => {
  const {lines, present, stop} = presenter(options)
  present.onProgress({type: 'selecting', workers: ['mini']})
  vi.advanceTimersByTime(60_000)
  expect(lines()).toEqual([])
  stop()
})

it('leaves a log alone that is printed', () => {
  const {lines, present, stop} = presenter({quiet: false, verbose: false, logShown: true})
  present.onProgress({type: 'step_started', index: 0, steps: 1, action: 'build', job_id: 'j'})
  present.onProgress({type: 'log', index: 0, bytes: new Uint8Array(1), hold: () => {}})
  const before = lines().length
  vi.advanceTimersByTime(60_000)
  expect(lines()).toHaveLength(before)
  stop()
})

function presenter(options: Parameters<typeof plainPresenter>[1]): {
  readonly lines: () => readonly string[]
  readonly present: ReturnType<typeof plainPresenter>
  readonly stop: () => void
} {
  const lines: string[] = []
  const present = plainPresenter((line) => lines.push(line), options)
  return {lines: () => lines, present, stop: present.stop}
}
