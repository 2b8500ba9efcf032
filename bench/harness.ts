import {spawnSync} from 'node:child_process'
import {encodeRequest} from '@rch/contract/protocol'
import {uuidv7} from '@rch/contract/identity'
import {createLab, HARNESS} from '../test/support/lab.ts'
import {compare} from './compare.ts'
import type {BenchRow} from './row.ts'

/** A fresh harness process that answers one `status`, as every channel's does. */
export async function harnessRows(pairs: number): Promise<readonly BenchRow[]> {
  const lab = await createLab({transport: 'local'})
  try {
    const config = `--config=${lab.workers[0]?.config ?? ''}`
    const input = Buffer.concat(encodeRequest({protocol_version: 1, op: 'status', request_id: uuidv7(), payload: {}}))
    const start = (args: readonly string[], verb?: string): string => {
      const {status, stdout} = spawnSync(process.execPath, args, {
        input,
        encoding: 'utf8',
        env: {...lab.env, ...(verb === undefined ? {} : {SSH_ORIGINAL_COMMAND: verb})},
      })
      if (status !== 0) throw new Error(`${args.join(' ')} ended with ${String(status)}: ${stdout}`)
      return stdout
    }
    const measured = await compare(
      () => start([HARNESS, '--forced=run:lab', config], 'status'),
      () => start(['-e', '0']),
      {pairs},
    )
    const conditions = 'whole processes, code cache and page cache warm, an empty worker; the database is opened'
    return [{name: 'harness that answers status', against: 'node -e 0', bar: 3, ...measured, conditions}]
  } finally {
    await lab.stop()
  }
}
