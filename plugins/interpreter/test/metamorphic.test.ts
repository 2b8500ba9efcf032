import {describe, expect, it} from 'vitest'
import {summarize} from '@rch/interpreter'
import {eventsOf, summaryOf} from './support/read-log.ts'
import {sampleLogs} from './support/sample-logs.ts'

const logs = sampleLogs(2_000_000)
const NEXT = Buffer.from('\nCommand line invocation:\n    /usr/bin/xcodebuild\n')

describe('relations that hold between logs', () => {
  it('joining two logs adds their counts', () => {
    for (const [index, one] of logs.entries()) {
      const other = logs[(index + 7) % logs.length]
      if (other === undefined || other === one) continue
      const left = summaryOf(one.bytes)
      const right = summaryOf(other.bytes)
      const both = summaryOf(Buffer.concat([one.bytes, NEXT, other.bytes]))
      const shared = left.diagnostics.filter(
        ({text, severity}) => severity !== 'note' && right.diagnostics.some((two) => two.text === text),
      ).length
      const twice = left.tests.failed_tests.filter(({id}) => right.tests.failed_tests.some((two) => two.id === id)).length
      expect(both.errors + both.warnings, `${one.name} + ${other.name}`).toBe(
        left.errors + left.warnings + right.errors + right.warnings - shared,
      )
      expect(both.error_lines).toBe(left.error_lines + right.error_lines)
      expect(both.tests.passed).toBe(left.tests.passed + right.tests.passed)
      expect(both.tests.skipped).toBe(left.tests.skipped + right.tests.skipped)
      expect(both.tests.failed).toBe(left.tests.failed + right.tests.failed - twice)
      expect(both.restarts).toBe(left.restarts + right.restarts)
      expect(both.failed_commands).toBe(left.failed_commands + right.failed_commands)
      expect(both.verdicts).toEqual([...left.verdicts, ...right.verdicts])
    }
  })

  it('repeating a diagnostic changes no distinct count', () => {
    for (const {bytes, name} of logs) {
      const events = eventsOf(bytes)
      const before = summarize(events)
      const after = summarize(events.flatMap((event) => Array.from({length: event.type === 'diagnostic' ? 2 : 1}, () => event)))
      expect([after.errors, after.warnings, after.error_messages], name).toEqual([before.errors, before.warnings, before.error_messages])
      expect(after.error_lines).toBe(2 * before.error_lines)
    }
  })

  it('repeating a located error line in the log changes no distinct count', () => {
    for (const {bytes, name} of logs) {
      const before = summaryOf(bytes)
      const located = before.error_messages.find((text) => /^\/.*:\d+:\d+: error: /.test(text))
      if (located === undefined) continue
      const doubled = bytes.toString('utf8').replaceAll(located, () => `${located}\n${located}`)
      expect(summaryOf(doubled).errors, name).toBe(before.errors)
    }
  })

  it('removing passed tests changes no failure', () => {
    for (const {bytes, name} of logs) {
      const kept = bytes
        .toString('utf8')
        .split('\n')
        .filter((line) => !/^Test [Cc]ase '.*' passed/.test(line))
        .join('\n')
      const before = summaryOf(bytes).tests
      const after = summaryOf(kept).tests
      const retried = new Set(before.retried_tests.map(({id}) => id))
      const failed = after.failed_tests.map(({id}) => id).filter((id) => !retried.has(id))
      expect(failed.toSorted(), name).toEqual(before.failed_tests.map(({id}) => id).toSorted())
    }
  })

  // Of the same length: long details are cut.
  it('another path prefix changes only paths', () => {
    for (const {bytes, name} of logs) {
      const text = bytes.toString('utf8')
      const moved = text.replaceAll('/Users/', '/My Ho/')
      const back = JSON.stringify(eventsOf(moved)).replaceAll('/My Ho/', '/Users/')
      expect(back, name).toBe(JSON.stringify(eventsOf(text)))
    }
  })

  it('a source root takes its prefix off and changes nothing else', () => {
    for (const {bytes, name} of logs) {
      const plain = eventsOf(bytes)
      const rooted = eventsOf(bytes, {sourceRoot: '/Users'})
      const strip = (value: unknown): unknown =>
        typeof value === 'string' && value.startsWith('/Users/') ? value.slice('/Users/'.length) : value
      const fields = new Set(['file', 'text'])
      const expected = JSON.stringify(plain, (key, value: unknown) => (fields.has(key) ? strip(value) : value))
      expect(
        JSON.stringify(rooted, (key, value: unknown) => (fields.has(key) ? strip(value) : value)),
        name,
      ).toBe(expected)
    }
  })
})
