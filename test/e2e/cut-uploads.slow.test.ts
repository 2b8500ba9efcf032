import {randomBytes} from 'node:crypto'
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {linesOf, readJson} from '../support/lab-tools.ts'
import {createLab, HARNESS, type Lab} from '../support/lab.ts'
import {startProxy, type TcpProxy} from '../support/proxy.ts'
import {seeded} from '../support/seeded.ts'
import {sshdMissing} from '../support/sshd.ts'

const UPLOADS = 12
const SMALL_FILES = 60
const LARGE_BYTES = 9_000_000
const FRAMES = fileURLToPath(new URL('../support/reframe.cjs', import.meta.url))

describe.skipIf(sshdMissing() !== null)('an upload through sshd that is cut at a random byte', () => {
  const base = mkdtempSync(join(tmpdir(), 'rch-cut-'))
  const log = join(base, 'log.ndjson')
  let lab: Lab
  let proxy: TcpProxy

  beforeAll(async () => {
    const harness = join(base, 'recorded-worker.js')
    writeFileSync(
      harness,
      `require(${JSON.stringify(FRAMES)}).record([process.execPath, ${JSON.stringify(HARNESS)}, ...process.argv.slice(2)], ${JSON.stringify(log)})\n`,
    )
    lab = await createLab({transport: 'ssh', harness, via: async (sshd) => (proxy = await startProxy(sshd))})
    expect((await lab.rch(['xcode', 'build', '--json'])).code).toBe(0)
  })
  afterAll(async () => {
    await proxy.close()
    await lab.stop()
    rmSync(base, {recursive: true, force: true})
  })

  const random = seeded(20_261_121)
  const cuts = Array.from({length: UPLOADS}, (_, i) => ({
    number: i,
    part: random(),
    kind: i % 3 === 2 ? ('cut' as const) : ('reset' as const),
  }))

  it.each(cuts)('$number: a $kind after $part of all bytes', async ({part, kind}) => {
    // Random, so no compression shrinks them, and each byte of them has to pass.
    const contents = new Map([
      ...Array.from({length: SMALL_FILES}, (_, i) => [`f${i}.bin`, randomBytes(15_000 + i)] as const),
      ['large.bin', randomBytes(LARGE_BYTES)] as const,
    ])
    for (const [name, content] of contents) writeFileSync(join(lab.project, name), content)
    const total = [...contents.values()].reduce((sum, {length}) => sum + length, 0)
    rmSync(log, {force: true})
    // Behind the handshake, without which there is no upload yet.
    proxy.injectIntoAny({kind, direction: 'up', at: Math.round(total * (0.01 + 0.99 * part))})
    const ran = await lab.rch(['xcode', 'build', '--json'])
    expect(ran.json()).toMatchObject({ok: true, error_code: null})
    expect(readJson(String(ran.json()['directory']), 'staging.json')).toMatchObject({retries: expect.toSatisfy((count) => count > 0)})
    expect(linesOf(log).length).toBeGreaterThan(4)
    expect(againstAcknowledged()).toEqual([])
    const tree = warmTree()
    for (const [name, content] of contents) expect(readFileSync(join(tree, name)).equals(content), name).toBe(true)
  })

  /** Chunks that were sent to the worker although it had acknowledged their first byte to the same connection. */
  function againstAcknowledged(): readonly unknown[] {
    const acknowledged = new Map<string, number>()
    return linesOf(log)
      .map((line): Readonly<{connection: number; upload: string; offset?: number; next?: number}> => JSON.parse(line))
      .filter(({connection, upload, offset, next}) => {
        const key = `${connection} ${upload}`
        const known = acknowledged.get(key) ?? 0
        if (next !== undefined) acknowledged.set(key, Math.max(known, next))
        return offset !== undefined && offset < known
      })
  }

  function warmTree(): string {
    const [tree, ...more] = readdirSync(join(lab.workers[0]?.root ?? '', 'cache'), {recursive: true, withFileTypes: true})
      .filter((entry) => entry.name === 'src' && entry.isDirectory())
      .map((entry) => join(entry.parentPath, entry.name))
    expect(more).toEqual([])
    return tree ?? expect.fail('the worker has no tree')
  }
})
