import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {OPTIONS} from '@rch/contract/kinds/xcodebuild'
import {classify} from '../src/classify.ts'
import {compareLines} from './support/compare-lines.ts'
import {POLICY, PROFILE} from './support/gate.ts'
import {ACCEPTED, INSERTIONS, mutate, REFUSED_WORDS} from './support/mutate.ts'
import {ShellBench} from './support/shells.ts'

const GENEROUS = {...POLICY, drop_owned_paths: true}

let bench: ShellBench
beforeAll(() => {
  bench = new ShellBench()
})
afterAll(() => bench.close())

function isAccepted(text: string): boolean {
  return classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS).verdict === 'accept'
}

describe('an accepted line with something inserted', () => {
  it('starts from lines that are accepted', () => {
    expect(ACCEPTED.filter((line) => !isAccepted(line))).toEqual([])
  })

  it('is refused, or means to both shells what the model says, for every character at every tenth place', async () => {
    const mutants = ACCEPTED.flatMap((line, which) =>
      INSERTIONS.flatMap((text, index) => [...mutate(line, text)].filter((_, at) => (at + index + which) % 10 === 0)),
    )
    const accepted = [...new Set(mutants.filter(isAccepted))]
    expect(accepted.length).toBeGreaterThan(100)
    expect(await compareLines(bench, accepted)).toEqual([])
  })

  it('is refused whenever a refused option or action stands between its words', () => {
    const offending = ACCEPTED.flatMap((line) =>
      REFUSED_WORDS.flatMap((word) => wordPlaces(line).map((at) => `${line.slice(0, at)} ${word}${line.slice(at)}`)),
    )
    expect(offending.filter(isAccepted)).toEqual([])
    expect(REFUSED_WORDS.length).toBeGreaterThan([...OPTIONS.values()].filter(({policy}) => policy === 'refused').length)
  })
})

/** Right behind the program and behind every later word of the command. */
function wordPlaces(line: string): readonly number[] {
  const start = line.indexOf('xcodebuild') + 'xcodebuild'.length
  const places: number[] = []
  let quote = ''
  for (let at = start; at <= line.length; at++) {
    const char = line.charAt(at)
    if (quote === '' && /^(?: |$)/.test(char) && line.charAt(at - 1) !== '\\') places.push(at)
    if (quote === '' && /[|;&>\n]/.test(char) && line.charAt(at - 1) !== '\\') break
    if (quote === '' && /['"]/.test(char)) quote = char
    else if (char === quote) quote = ''
  }
  return places
}
