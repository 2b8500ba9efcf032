import {setTimeout as delay} from 'node:timers/promises'
import {describe, expect, it} from 'vitest'
import {allSealed, readJson, setScenario, until, workerJobs} from '../support/lab-tools.ts'
import {createLab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'

const missing = sshdMissing()
if (missing !== null) console.warn(`slow reader skipped: ${missing}`)
const WORDS = ['xcodebuild', '-scheme', 'HelloKit', '-configuration', 'Debug', '-destination', 'platform=macOS']

// They wait, so they do it at the same time, each in a laboratory of its own.
describe.skipIf(missing !== null).concurrent('run --drop-in before a reader that takes its time', () => {
  it('leaves on the worker what its reader has not taken yet', async () => {
    await using lab = await createLab({transport: 'ssh'})
    const megabytes = 16
    setScenario(lab, {huge_log_mb: megabytes})
    const child = lab.start(['xcode', 'run', '--drop-in', '--', ...WORDS, 'build'])
    child.stdin?.end()
    child.stderr?.resume()
    const known = workerJobs(lab.workers[0]!).length
    const home = lab.sealedSets().length
    await until('the job', () => workerJobs(lab.workers[0]!).length > known)
    await allSealed(lab)
    // Whoever keeps what nobody reads has followed to the end by now, and brings the set home.
    await delay(1000)
    expect(lab.sealedSets()).toHaveLength(home)
    let read = 0
    child.stdout?.on('data', (chunk: Buffer) => (read += chunk.length))
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(read).toBeGreaterThanOrEqual(megabytes * 1_000_000)
    expect(lab.sealedSets()).toHaveLength(home + 1)
  })

  it('a reader that takes its time is somebody who looks: the job is not abandoned', async () => {
    await using lab = await createLab({transport: 'ssh'})
    setScenario(lab, {huge_log_mb: 16, slow_ms: {link: 15_000}})
    const known = new Set(workerJobs(lab.workers[0]!))
    const home = lab.sealedSets().length
    const child = lab.start(['xcode', 'run', '--drop-in', '--set', 'worker.abandon_after_seconds=6', '--', ...WORDS, 'build'])
    child.stdin?.end()
    child.stderr?.resume()
    const job = await until('the job', () => workerJobs(lab.workers[0]!).find((path) => !known.has(path)))
    await allSealed(lab)
    expect(readJson(job, 'artifacts/summary.json')).toMatchObject({state: 'succeeded'})
    child.stdout?.resume()
    expect(await new Promise((resolve) => child.once('close', resolve))).toBe(0)
    expect(lab.sealedSets()).toHaveLength(home + 1)
  })
})
