import {expect, it} from 'vitest'
import {observe} from '../support/backend-equality.ts'
import {EQUALITY_JOBS} from './equality-jobs.ts'

it.each(EQUALITY_JOBS)('both backends tell the same of $name', {timeout: 120_000}, async (job) => {
  const one = await observe(job, 'xcodebuild')
  const other = await observe(job, 'xcodebuildmcp')
  expect(one.exit).toBe(job.exit)
  expect({...other, raw: null}).toEqual({...one, raw: null})
})
