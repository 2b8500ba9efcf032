import {mkdirSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {dirname, join} from 'node:path'
import {documentHead} from '@rch/contract/documents'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {findTarget, type SearchPlaces} from '../../src/app/report/report-target.ts'
import {placesOf} from '../../src/infra/places.ts'

const JOB = '01a1fbb4-d6c3-7b35-ae15-375c464934ff'
const OTHER = '01a1fbb4-d6c3-7b35-ae15-999999999999'
const RUN = `${'ab'.repeat(31)}00`
const REQUEST = '01a1fbb4-0000-7b35-ae15-375c46493400'

let base: string
let search: SearchPlaces
beforeAll(() => {
  base = mkdtempSync(join(tmpdir(), 'rch-target-'))
  const places = placesOf({XDG_DATA_HOME: base}, join(base, 'config'))
  const repo = places.repository('a'.repeat(32))
  search = {places, repo, cwd: base}
  for (const job of [JOB, OTHER]) put(join(repo.job(job), 'summary.json'))
  put(join(repo.job(JOB), 'result.xcresult/Data/x'))
  for (const attempt of [1, 2]) put(join(repo.attempt(RUN, attempt), 'run_plan.json'))
  for (const name of ['decision.json', 'run_summary.json']) put(join(repo.refusal(REQUEST), name))
})
afterAll(() => rmSync(base, {recursive: true}))

function put(file: string): void {
  mkdirSync(dirname(file), {recursive: true})
  writeFileSync(file, '{}')
}

function state(attempt: number): string {
  const head = documentHead('run_state')
  return JSON.stringify({...head, run_id: RUN, attempt, host_id: JOB, state: 'failed', seq: 1, previous: null, updated_at: head.created_at})
}

describe('what a report is about', () => {
  it('is a job or a run by id or by the beginning of one', () => {
    expect(findTarget(search, JOB)).toMatchObject({type: 'job', job_id: JOB})
    expect(findTarget(search, JOB.slice(0, 30))).toMatchObject({type: 'job', job_id: JOB})
    expect(findTarget(search, RUN.slice(0, 8))).toMatchObject({type: 'run', run_id: RUN, attempt: 2})
    expect(findTarget(search, REQUEST)).toMatchObject({type: 'refusal', request_id: REQUEST})
  })

  it('is the latest run without a word', () => {
    expect(findTarget(search, undefined)).toMatchObject({type: 'run', run_id: RUN})
  })

  it('is the record around a path', () => {
    const attempt = search.repo.attempt(RUN, 1)
    writeFileSync(join(attempt, 'run_state.json'), state(1))
    mkdirSync(join(attempt, 'steps/0-test'), {recursive: true})
    expect(findTarget(search, join(attempt, 'steps/0-test'))).toMatchObject({type: 'run', attempt: 1})
    expect(findTarget(search, search.repo.run(RUN))).toMatchObject({type: 'run', attempt: 2})
  })

  it.each([
    ['01a1fb', 'usage_error'],
    ['./nowhere', 'usage_error'],
    ['abcdef0123', 'run_not_found'],
    ['no-such-job', 'job_not_found'],
  ])('refuses %s as %s', (word, code) => {
    expect(() => findTarget(search, word)).toThrow(expect.objectContaining({code}))
  })
})
