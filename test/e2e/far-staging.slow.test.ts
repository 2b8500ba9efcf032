import {randomBytes} from 'node:crypto'
import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {readJson} from '../support/lab-tools.ts'
import {createLab} from '../support/lab.ts'
import {startProxy, type TcpProxy} from '../support/proxy.ts'
import {sshdMissing} from '../support/sshd.ts'

describe.skipIf(sshdMissing() !== null)('a worker that is far away', () => {
  it('gets many files over several connections, while how far, how fast and how long is said', async () => {
    let proxy: TcpProxy | undefined
    await using lab = await createLab({transport: 'ssh', via: async (sshd) => (proxy = await startProxy({...sshd, delayMs: 100}))})
    try {
      const files = 60
      for (let i = 0; i < files; i++) writeFileSync(join(lab.project, `f${i}.bin`), randomBytes(1_000_000))
      const ran = await lab.rch(['xcode', 'build', '--json'])
      expect(ran.json()).toMatchObject({ok: true, error_code: null})
      expect(proxy?.connections).toBeGreaterThan(1)
      expect(ran.stderr).toMatch(/stage {5}still sending: [\d.]+ MB of 6\d\.\d MB, [\d.]+ [kM]B\/s \(\d+ s left\)/)
      const staging = readJson(String(ran.json()['directory']), 'staging.json')
      expect(staging).toMatchObject({retries: 0, durations: {query_seconds: expect.toSatisfy((seconds) => seconds > 0.2)}})
    } finally {
      await proxy?.close()
    }
  })
})
