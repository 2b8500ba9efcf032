import {describe, expect, it} from 'vitest'
import type {Connection} from '@rch/contract'
import {cancelJobs} from '../../src/app/runs/cancel-jobs.ts'

const JOB = '01970000-0000-7000-8000-000000000001'

describe('cancelling jobs', () => {
  it('answers what was ended', async () => {
    await expect(cancelJobs(answering('cancelled'), [JOB], 1)).resolves.toEqual([{job_id: JOB, found: 'running', state: 'cancelled'}])
  })

  it('says which job goes on although the worker has waited for its end', async () => {
    await expect(cancelJobs(answering('running'), [JOB], 1)).rejects.toMatchObject({
      code: 'cancel_failed',
      data: {problem: `${JOB} is still running`},
    })
  })
})

function answering(state: string): Connection {
  const call: Connection['call'] = () => Promise.resolve({payload: {jobs: [{job_id: JOB, found: 'running', state}]}, body: null})
  return {call, close: () => Promise.resolve(), peer: {host_key_fingerprint: null, verified: 'local'}, roundTripMs: () => 0}
}
