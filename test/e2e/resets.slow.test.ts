import {readdirSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {backendStarts, jobRows, readJson, setScenario, touchSource, workerJobs} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {startProxy, type Direction, type TcpProxy} from '../support/proxy.ts'
import {sshdMissing} from '../support/sshd.ts'

const OFFSETS = 10

describe.skipIf(sshdMissing() !== null)('a connection that is reset', () => {
  let lab: Lab
  let proxy: TcpProxy
  const span = {up: 0, down: 0}
  beforeAll(async () => {
    lab = await createLab({
      transport: 'ssh',
      via: async (sshd) => (proxy = await startProxy({host: '127.0.0.1', port: sshd.port})),
    })
    setScenario(lab, {slow_ms: {compile: 300}})
    await lab.rch(['xcode', 'verify'])
    const before = {...proxy.passed}
    touchSource(lab, 'measured')
    expect((await lab.rch(['xcode', 'verify'])).code).toBe(0)
    for (const direction of ['up', 'down'] as const) span[direction] = proxy.passed[direction] - before[direction]
  })
  afterAll(async () => {
    await proxy.close()
    await lab.stop()
  })

  const cases = (['up', 'down'] as const).flatMap((direction) =>
    Array.from({length: OFFSETS}, (_, index) => ({direction, part: (index + 0.5) / OFFSETS})),
  )
  it.each(cases)('$direction at $part of all bytes: the right verdict in the end, and no job twice', async ({direction, part}) => {
    touchSource(lab, `${direction} ${part}`)
    const at = faultAt(direction, part)
    proxy.inject(at)
    const ran = await lab.rch(['xcode', 'verify', '--json'])
    const answer = ran.json()
    if (ran.code !== 0) {
      // Not the run's end: the way was lost, and the answer says how to go on.
      expect([20, 30], `${answer.error_code} at ${at.at} of ${span[direction]}: ${ran.stderr}`).toContain(ran.code)
      const runId = answer.errors[0]?.data['run_id']
      const again = typeof runId === 'string' ? ['xcode', 'resume', runId, '--json'] : ['xcode', 'verify', '--json']
      const second = await lab.rch(again)
      expect(second.json(), `${answer.error_code} at ${at.at}, then ${second.stderr}`).toMatchObject({ok: true, error_code: null})
      expect(second.code).toBe(0)
    }
    expect(await orphans()).toEqual([])
  })

  /** The reset hits the connection that carries the run; the measured bytes are those of all its connections together. */
  function faultAt(direction: Direction, part: number): {readonly kind: 'reset'; readonly direction: Direction; readonly at: number} {
    return {kind: 'reset', direction, at: Math.round(span[direction] * part)}
  }

  /** Jobs that no plan names, that are there twice, or whose backend was started twice. */
  async function orphans(): Promise<readonly string[]> {
    const [worker] = lab.workers
    if (worker === undefined) return ['no worker']
    const planned = plans().flatMap((plan) => (plan['steps'] as {job_id: string}[]).map(({job_id}) => job_id))
    const rows = jobRows(worker).map((row) => String(row['job_id']))
    const twice = planned.filter((id, index) => planned.indexOf(id) !== index)
    const unplanned = rows.filter((id) => !planned.includes(id))
    const unsealed = jobRows(worker)
      .filter((row) => row['job_index_sha256'] === null)
      .map((row) => `unsealed ${String(row['job_id'])}`)
    const started = workerJobs(worker).filter((job) => backendStarts(job) !== 1)
    return [...twice, ...unplanned, ...unsealed, ...started]
  }

  function plans(): readonly Record<string, unknown>[] {
    const repos = join(lab.dir, 'data/rch/artifacts/repos')
    return readdirSync(repos, {recursive: true, encoding: 'utf8'})
      .filter((path) => path.endsWith('/run_plan.json'))
      .map((path) => readJson(repos, path))
  }
})
