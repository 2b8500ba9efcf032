import type {Decision} from '@rch/contract'
import {createXcodebuildClassifier} from '@rch/classifier-xcodebuild'
import {describe, expect, it} from 'vitest'
import {POLICY, PROFILE} from '../../plugins/classifier-xcodebuild/test/support/gate.ts'
import {classify} from '../../plugins/classifier-xcodebuild/src/classify.ts'
import {describeDecision, type Page} from '../../src/cli/present/decision.ts'

const PIPE: Page = {source: true, rewritten: null, columns: null, colour: false}

function shell(text: string): Decision {
  return classify({form: 'shell', text, cwd: '/repo'}, PROFILE, POLICY)
}

describe('a decision for people', () => {
  it('shows an option beside its value, and what either means', () => {
    const text = describeDecision(shell('xcodebuild -scheme "My App" -quiet test'), PIPE)
    expect(text).toMatch(/^ {2}✔ -scheme "My App" +constrained: scheme$/m)
    expect(text).toMatch(/^ {2}· -quiet +presentation/m)
    expect(text).toMatch(/^ {2}✔ test +constrained: action$/m)
  })

  it('says everything that is refused, and what to do first', () => {
    const decision = shell('xcodebuild -scheme Other OTHER_LDFLAGS=-x')
    const text = describeDecision(decision, PIPE)
    for (const code of decision.codes) expect(text).toMatch(new RegExp(`^ {2}✘ .*${code}$`, 'm'))
    expect(text.endsWith(`→ ${decision.hint}`)).toBe(true)
  })

  it('keeps to the width of the terminal', () => {
    const decision = shell('xcodebuild -scheme Other -configuration Other -sdk other -allowProvisioningUpdates OTHER_LDFLAGS=-x archive')
    for (const line of describeDecision(decision, {...PIPE, columns: 80}).split('\n')) expect(line.length).toBeLessThanOrEqual(80)
  })

  it('shows where something is missing', () => {
    expect(describeDecision(shell('xcodebuild build'), PIPE)).toMatch(/✘ \(missing\) +scheme_missing/)
  })

  it.each([40, 80, 120])('fits in %d columns as far as words can be parted', (columns) => {
    const text = describeDecision(
      shell('xcodebuild -workspace Other.xcworkspace -scheme App -derivedDataPath /tmp/x -only-testing:AppTests/A CC=x test'),
      {...PIPE, columns},
    )
    for (const line of text.split('\n'))
      expect(line.trim().split(' ').length === 1 || line.length <= columns || line.startsWith('reject: ')).toBe(true)
  })

  it('lets no command act on the terminal, and colours only where asked', () => {
    const decision = shell('xcodebuild -scheme \u001B[2JApp')
    expect(describeDecision(decision, {...PIPE, columns: 80})).not.toContain('\u001B')
    expect(describeDecision(decision, {...PIPE, columns: 80, colour: true})).toContain('\u001B[31m')
  })

  it('has a classifier that tells what no profile could allow', () => {
    const input = {form: 'shell', text: 'xcodebuild -scheme Other -derivedDataPath /tmp/x build', cwd: '/repo'} as const
    expect(createXcodebuildClassifier().nearest?.(input, POLICY)).toMatchObject({scheme: 'Other'})
  })
})
