import {mkdtempSync, rmSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fakeHarnessCommand, transportConformance} from '@rch/testkit'
import {createSshTransport} from '@rch/transport-ssh'
import {afterAll, beforeAll, describe} from 'vitest'
import {sshdMissing, startSshd, type Sshd} from '../../../test/support/sshd.ts'
import {openOptions, workerEntry} from '../../../test/support/worker-entry.ts'

const missing = sshdMissing()

describe.skipIf(missing !== null)(`through a real sshd${missing === null ? '' : ` (${missing})`}`, () => {
  let sshd: Sshd
  const stateDir = mkdtempSync(join(tmpdir(), 'rch-state-'))

  beforeAll(async () => {
    sshd = await startSshd({harness: fakeHarnessCommand()})
  })
  afterAll(async () => {
    await sshd?.stop()
    rmSync(stateDir, {recursive: true, force: true})
  })

  const open = (settings: unknown) => () => {
    const {host, port, user, fingerprint, keys} = sshd
    const entry = workerEntry({host, port, user, host_key_fingerprint: fingerprint, run_key: keys.run})
    return createSshTransport(settings).open(entry, openOptions({stateDir}))
  }

  transportConformance('ssh, in process', open({}))
})
