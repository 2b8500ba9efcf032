import {concludeCall} from '@rch/backend-xcodebuildmcp'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {readEnvelope} from '../src/read-envelope.ts'
import {VerdictWatch} from '../src/verdict-watch.ts'

const result = (schema: string, status: string, more: object = {}): string =>
  JSON.stringify({
    schema: `xcodebuildmcp.output.${schema}`,
    schemaVersion: '3',
    didError: status !== 'SUCCEEDED',
    error: status === 'SUCCEEDED' ? null : 'Build failed',
    data: {summary: {status}, artifacts: {buildLogPath: '~/x.log'}, diagnostics: {warnings: [], errors: [], ...more}},
  })
const spoken = {silent: false, spoken: true}
const end = (text: string, more: Partial<Parameters<typeof concludeCall>[0]> = {}) =>
  concludeCall({code: 1, signal: null, envelope: readEnvelope(Buffer.from(text)), complaint: '', log: spoken, ...more})

describe('the end of a call', () => {
  it('is well when the tool says so', () => {
    for (const schema of ['build-result', 'test-result'])
      expect(end(result(schema, 'SUCCEEDED'), {code: 0})).toEqual({exit_code: null, term_signal: null, succeeded: true, conclusion: null})
  })

  it('leaves the reason of a failure to the log', () => {
    expect(end(result('test-result', 'FAILED'))).toEqual({exit_code: null, term_signal: null, succeeded: false, conclusion: null})
  })

  it('takes an xcodebuild without a last word for one that was killed', () => {
    expect(end(result('build-result', 'FAILED'), {log: {silent: false, spoken: false}})).toMatchObject({
      conclusion: {code: 'backend_crashed'},
    })
  })

  it.each<[string, Parameters<typeof end>]>([
    ['an answer that is none', ['{"didError": false}']],
    ['an answer of another schema', [result('app-path', 'SUCCEEDED')]],
    ['nothing', ['']],
    ['half an answer', [result('build-result', 'SUCCEEDED').slice(0, -9)]],
    [
      'bad arguments',
      ['{"schema":"xcodebuildmcp.output.error","didError":true,"error":"Bad","data":{"code":"PARAMETER_VALIDATION_FAILED"}}'],
    ],
    [
      'a tool that is missing',
      [result('build-result', 'FAILED', {rawOutput: ['Error: spawn xcodebuild ENOENT']}), {log: {silent: true, spoken: false}}],
    ],
  ])('is the failure of XcodeBuildMCP with %s', (_name, [text, more]) => {
    expect(end(text, more)).toMatchObject({
      succeeded: false,
      conclusion: {code: 'mcp_error', message: expect.stringMatching(/^XcodeBuildMCP failed: ./)},
    })
  })

  it('tells what the tool complained of', () => {
    expect(end('', {complaint: 'Unknown argument: x'})).toMatchObject({conclusion: {message: 'XcodeBuildMCP failed: Unknown argument: x'}})
  })

  it('is a signal when it was one', () => {
    expect(end('', {code: null, signal: 'SIGKILL'})).toEqual({exit_code: null, term_signal: 'SIGKILL', conclusion: null})
  })

  it('is never success without the word of the tool', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.json(),
          fc.string(),
          fc.uint8Array().map((bytes) => Buffer.from(bytes).toString('latin1')),
        ),
        (text) => {
          expect(end(text, {code: 0}).succeeded).not.toBe(true)
        },
      ),
    )
  })
})

describe("xcodebuild's last word", () => {
  const watch = (chunks: readonly Uint8Array[]): VerdictWatch => {
    const one = new VerdictWatch()
    for (const chunk of chunks) one.add(chunk)
    return one
  }

  it.each([
    '** BUILD FAILED **',
    '** TEST EXECUTE SUCCEEDED **',
    '** BUILD INTERRUPTED **',
    'xcodebuild: error: no such scheme',
    'error: no',
  ])('is %s', (word) => {
    const log = Buffer.from(`note: x\n${word}\n`)
    fc.assert(
      fc.property(fc.array(fc.nat({max: log.length}), {maxLength: 8}), (cuts) => {
        const at = [0, ...cuts.toSorted((a, b) => a - b), log.length]
        expect(watch(at.slice(1).map((to, i) => log.subarray(at[i], to))).spoken).toBe(true)
      }),
    )
    expect(watch([Buffer.from(word)]).spoken).toBe(true)
  })

  it.each(['/x/A.swift:1:2: error: no', 'print(** BUILD FAILED **)', '  ** BUILD FAILED **', ''])('is not %j', (line) => {
    expect(watch([Buffer.from(`${line}\n`)]).spoken).toBe(false)
  })
})
