import {expect, it} from 'vitest'
import {isLive} from '../../src/cli/present/presented.ts'

const PLAIN = {json: false, quiet: false, verbose: false}
const wide = {isTTY: true, columns: 80}

it.each([
  ['a terminal', PLAIN, {}, wide, true],
  ['a terminal that names no width', PLAIN, {}, {isTTY: true, columns: 0}, false],
  ['a pipe', PLAIN, {}, {}, false],
  ['a dumb terminal', PLAIN, {TERM: 'dumb'}, wide, false],
  ['continuous integration', PLAIN, {CI: '1'}, wide, false],
  ['--json', {...PLAIN, json: true}, {}, wide, false],
] as const)('draws a live list on nothing but a terminal: %s', (_, options, env, terminal, expected) => {
  expect(isLive(options, env, [terminal, terminal])).toBe(expected)
})
