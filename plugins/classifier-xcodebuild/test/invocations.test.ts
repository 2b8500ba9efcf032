import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Decision} from '@rch/contract'
import {ALLOWED_SETTINGS} from '@rch/contract/kinds/xcodebuild'
import {describe, expect, it} from 'vitest'
import {sharedData} from '../../../test/support/shared-data.ts'
import {readArguments, type Statement} from '../src/argv/read.ts'
import {classify} from '../src/classify.ts'
import {fit} from '../src/fit.ts'
import {readLine} from '../src/shell/line.ts'
import expected from './fixtures/invocations.json' with {type: 'json'}
import {POLICY, PROFILE} from './support/gate.ts'

const FILE = sharedData === undefined ? undefined : join(sharedData, 'invocations.jsonl')

describe.skipIf(FILE === undefined)('command lines of public CI files', () => {
  const lines = FILE === undefined ? [] : readFileSync(FILE, 'utf8').trim().split('\n').map(readRow)

  it('get the verdict and first code that a hand-checked table says, once the fitting profile exists', () => {
    expect(Object.fromEntries(lines.map(({id, text}) => [id, summary(decide(text))]))).toEqual(expected)
  })

  it('are accepted in at least 95 of 100 cases that the option table makes eligible', () => {
    const eligible = lines.filter(({text}) => isEligible(text))
    const accepted = eligible.filter(({text}) => decide(text).verdict === 'accept')
    expect(eligible.length).toBeGreaterThanOrEqual(25)
    expect(accepted.length / eligible.length).toBeGreaterThanOrEqual(0.95)
  })

  it('are never accepted when they archive, export, install or analyze', () => {
    const publishing = lines.filter(({text}) =>
      /(?<![\w.-])(?:archive|-export\w*|install|installsrc|analyze|docbuild|-create-xcframework)\b(?![\w./-])/.test(
        text.slice(text.indexOf('xcodebuild')),
      ),
    )
    expect(publishing.length).toBeGreaterThan(20)
    expect(publishing.filter(({text}) => decide(text).verdict === 'accept')).toEqual([])
  })

  it('mean the same as a string, as split words, and when what was accepted is judged again', () => {
    for (const {text} of lines) {
      const decision = decide(text)
      const line = readLine(text)
      if (decision.verdict !== 'accept' || line?.kind !== 'command' || line.directories.length > 0) continue
      const fitted = fit(input(text), POLICY)
      const profile = {...PROFILE, ...fitted?.profile}
      const policy = {...POLICY, drop_owned_paths: fitted?.profile.classifier?.drop_owned_paths ?? false}
      const argv = line.words.map((word) => word.text)
      const split = classify({form: 'argv', argv, cwd: POLICY.repo_root}, profile, policy)
      expect([split.verdict, split.steps]).toEqual(['accept', decision.steps])
      for (const step of decision.steps) {
        const again = classify({form: 'argv', argv: step.sanitized_argv, cwd: POLICY.repo_root}, profile, policy)
        expect([again.verdict, again.steps]).toEqual(['accept', [step]])
      }
    }
  })
})

function readRow(row: string): {readonly id: string; readonly text: string} {
  const parsed: unknown = JSON.parse(row)
  if (typeof parsed !== 'object' || parsed === null || !('id' in parsed) || !('cmd' in parsed)) throw new Error(`no invocation: ${row}`)
  return {id: String(parsed.id), text: String(parsed.cmd)}
}

function input(text: string): {form: 'shell'; text: string; cwd: string} {
  return {form: 'shell', text, cwd: POLICY.repo_root}
}

function decide(text: string): Decision {
  const fitted = fit(input(text), POLICY)
  return classify(
    input(text),
    {...PROFILE, ...fitted?.profile},
    {...POLICY, drop_owned_paths: fitted?.profile.classifier?.drop_owned_paths ?? false},
  )
}

function summary({verdict, splice, codes}: Decision): string {
  return [verdict, ...(splice === null ? [] : ['in place']), ...codes.slice(0, 1)].join(' ')
}

/** Literal, names a scheme, and every word is one that the tables do not refuse. */
function isEligible(text: string): boolean {
  const line = readLine(text)
  if (line === null || line.kind === 'refused') return false
  const statements = readArguments(
    line.words.map((word) => word.text),
    line.prefix.program + 1,
  )
  return statements.some((one) => one.kind === 'option' && one.name === '-scheme') && statements.every(isTaken)
}

function isTaken(statement: Statement): boolean {
  if (statement.kind === 'refused') return false
  if (statement.kind === 'setting') return Object.hasOwn(ALLOWED_SETTINGS, statement.name)
  return statement.kind === 'action' || (statement.row.policy !== 'refused' && statement.row.policy !== 'query')
}
