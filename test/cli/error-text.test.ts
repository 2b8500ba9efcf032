import {RchError} from '@rch/contract'
import {expect, it} from 'vitest'
import {formatError} from '../../src/cli/present/error-text.ts'
import {offencesError} from '../../src/snapshot/refuse.ts'

it('gives each error its lines and each offending path one of its own', () => {
  const links = Array.from({length: 25}, (_, i) => ({path: `link${String(i).padStart(2, '0')}`, detail: 'to /etc'}))
  const others = [offencesError('unsafe_symlink_target', links), offencesError('special_file', [{path: 'pipe', detail: null}])]
  const first = offencesError('unsafe_path', [
    {path: 'a\u001b[2Jb', detail: 'control character'},
    {path: 'c', detail: 'too long'},
  ])
  const error = new RchError(first.code, first.message, {data: first.data, hint: first.hint, others})
  const lines = formatError(error, error, false).split('\n')
  expect(lines.slice(0, 5)).toEqual([
    expect.stringMatching(/^rch: unsafe_path: .*:$/),
    '      a\\u{1b}[2Jb  control character',
    '      c            too long',
    expect.stringMatching(/^ {2}→ /),
    expect.stringMatching(/^rch: unsafe_symlink_target: .*:$/),
  ])
  expect(lines.filter((line) => line.startsWith('      link'))).toHaveLength(20)
  expect(lines).toContain('      and 5 more, which --json lists')
  expect(lines.find((line) => line.startsWith('rch: special_file'))).toMatch(/: pipe$/)
  expect(lines.filter((line) => line.startsWith('  → '))).toHaveLength(3)
})
