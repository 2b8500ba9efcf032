// Who and when in the samples: all are of the same small run, a build and a test of one app.

export const AT = new Date('2026-01-02T03:04:05.678Z')
export const NOW = AT.toISOString()
export const HEX = (digit: string): string => digit.repeat(64)

export const JOB_IDS = {
  run_id: HEX('1'),
  attempt: 1,
  job_id: '019b7c1e-0000-7000-8000-000000000001',
  job_key: HEX('2'),
} as const

export const HOST_ID = '019b7c1e-0000-7000-8000-0000000000aa'
export const RUN_IDS = {run_id: JOB_IDS.run_id, attempt: 1, host_id: HOST_ID}
export const LEASE_ID = '019b7c1e-0000-7000-8000-0000000000bb'
export const UPLOAD_ID = '019b7c1e-0000-7000-8000-0000000000cc'
export const REPO_KEY = '0123456789abcdef0123456789abcdef'
export const FINGERPRINT = 'SHA256:AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA'
