import {describe, expect, it} from 'vitest'
import {classify} from '../src/classify.ts'
import {fit, nearest} from '../src/fit.ts'
import expected from './fixtures/everyday.json' with {type: 'json'}
import {POLICY, PROFILE} from './support/gate.ts'

/** What an expert would say of the command lines that CI files, scripts and people write; each under the profile that fits it. */
describe('everyday command lines', () => {
  it.each(Object.entries(expected))('%s', (summary, lines) => {
    expect(lines.filter((text) => judge(text) !== summary)).toEqual([])
  })
})

function judge(text: string): string {
  const input = {form: 'shell', text, cwd: POLICY.repo_root} as const
  const profile = fit(input, POLICY)?.profile ?? nearest(input, POLICY)
  const policy = {...POLICY, drop_owned_paths: profile.classifier?.drop_owned_paths ?? false}
  const {verdict, splice, codes} = classify(input, {...PROFILE, ...profile}, policy)
  return [verdict, ...(splice === null ? [] : ['in place']), ...codes.slice(0, 1)].join(' ')
}
