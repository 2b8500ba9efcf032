import {describe, expect, it} from 'vitest'
import {CONTRACT_VERSION, LANE_VERSION} from '@rch/contract'
import {judgeWorker} from '../../src/domain/selection/judge-worker.ts'
import {sampleProfile} from '../support/sample-profile.ts'
import {SAMPLES} from '../support/samples/documents.ts'
import {workerEntry} from '../support/worker-entry.ts'

describe('a worker whose contract has another digest', () => {
  const judged = (harness_version: string): readonly string[] => {
    const capabilities = {
      ...SAMPLES.capabilities,
      harness_version,
      contract_versions: [{contract_version: CONTRACT_VERSION, contract_sha256: 'b'.repeat(64)}],
    }
    const answer = judgeWorker(workerEntry(), capabilities, {
      profile: sampleProfile(),
      steps: [],
      features: [],
      contractSha256: 'a'.repeat(64),
    })
    return answer.eligible ? [] : answer.excludedBy
  }

  it('is refused when its release is ours: one of the two is not what it says', () => {
    expect(judged(LANE_VERSION)).toContain('contract_digest_mismatch')
  })

  it('is only noted when its release is another', () => {
    expect(judged('0.0.9')).not.toContain('contract_digest_mismatch')
  })
})
