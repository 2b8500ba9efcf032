import {tmpdir} from 'node:os'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {createRedactor, redactJson, type RedactorOptions} from '../../../src/worker/redaction/create-redactor.ts'
import {formsOf} from '../../../src/worker/redaction/value-forms.ts'

const NONE: RedactorOptions = {values: {}, patterns: [], command: []}
const SECRET = 's3cr3t/+"ü\\token'

/** All that comes out of a log that comes in such pieces. */
async function through(log: Buffer, cuts: readonly number[], options: Partial<RedactorOptions>): Promise<Buffer> {
  const redactor = await createRedactor({...NONE, ...options})
  const parts: Uint8Array[] = []
  let from = 0
  for (const cut of [...cuts.toSorted((one, other) => one - other), log.length]) {
    parts.push(redactor.push(log.subarray(from, Math.max(from, cut))))
    from = Math.max(from, cut)
  }
  return Buffer.concat([...parts, redactor.end()])
}

describe('secrets in a log', () => {
  it('are hidden in every form, wherever the log is cut', async () => {
    const log = Buffer.from(
      formsOf(SECRET)
        .map((form) => `before ${form} after\n`)
        .join('') + 'the end',
    )
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({max: log.length}), {maxLength: 20}), async (cuts) => {
        const told = (await through(log, cuts, {values: {API_TOKEN: SECRET}})).toString()
        for (const form of formsOf(SECRET)) expect(told).not.toContain(form)
        expect(told.endsWith('the end')).toBe(true)
        expect(told.match(/before \[redacted\] after/g)).toHaveLength(formsOf(SECRET).length)
      }),
    )
  })

  it('are hidden in base64 of something that holds them', async () => {
    for (const before of ['', 'u', 'us', 'user:']) {
      const printed = Buffer.from(`${before}${SECRET}!`).toString('base64')
      const told = (await through(Buffer.from(`Basic ${printed}\n`), [], {values: {API_TOKEN: SECRET}})).toString()
      expect(told).toContain('[redacted]')
      expect(told).not.toContain(printed)
    }
  })

  it.each([
    ['ghp_0123456789012345678901234567890123456789', 'github_token'],
    ['github_pat_11ABCDEFG0abcdefghijkl_mnopqrstuvwxyz', 'github_token'],
    ['glpat-abcdefghijklmnopqrst', 'gitlab_token'],
    ['xoxb-123456789012-abcdefghijkl', 'slack_token'],
    ['AKIAIOSFODNN7EXAMPLE', 'aws_access_key'],
    ['npm_abcdefghijklmnopqrstuvwxyz0123456789', 'npm_token'],
    ['eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N', 'json_web_token'],
  ])('%s is known by its form', async (token, name) => {
    const redactor = await createRedactor(NONE)
    expect(redactor.text(`error: ${token}.`)).toMatch(/^error: \[redacted\]\.?$/)
    expect(redactor.report().rules).toEqual([{name, source: 'built_in', replacements: 1}])
  })

  it('leave what stands around them', async () => {
    const {text} = await createRedactor(NONE)
    expect(text('Fetching https://me:hunter2hunter2@example.com/a.git')).toBe('Fetching https://me:[redacted]@example.com/a.git')
    expect(text('Authorization: Bearer abcdefgh12345678\\n')).toBe('Authorization: Bearer [redacted]\\n')
    for (const plain of ['git@github.com:org/repo.git', 'http://localhost:8080/a@b', 'disk-sk-ip', 'eyJ is no token'])
      expect(text(plain)).toBe(plain)
  })

  it('hides a private key line by line, also across chunks', async () => {
    const key = `a\n-----BEGIN RSA PRIVATE KEY-----\nMIIEabc\nxyz\n-----END RSA PRIVATE KEY-----\nb\n`
    const told = (await through(Buffer.from(key), [3, 20, 40, 45], {})).toString()
    expect(told).toBe('a\n[redacted]\n[redacted]\n[redacted]\n[redacted]\nb\n')
  })

  it('hides what the patterns of a profile match, in a log of any bytes', async () => {
    const log = Buffer.concat([Buffer.from([0xff, 0xfe, 0x0a]), Buffer.from('order 4711-ü of Größe\n')])
    const told = await through(log, [], {patterns: ['\\d{4}-ü']})
    expect(told.subarray(0, 3)).toEqual(log.subarray(0, 3))
    expect(told.toString()).toContain('order [redacted] of Größe')
    await expect(createRedactor({...NONE, patterns: ['(?=x)']})).rejects.toMatchObject({code: 'config_invalid'})
  })

  it('changes nothing else, whatever the bytes are', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({maxLength: 4000}), fc.array(fc.nat({max: 4000}), {maxLength: 6}), async (bytes, cuts) => {
        const log = Buffer.from(bytes)
        expect(
          await through(
            log,
            cuts.filter((cut) => cut <= log.length),
            {values: {API_TOKEN: SECRET}},
          ),
        ).toEqual(log)
      }),
    )
  })

  it('holds back no more than a line, and of an endless one only its end', async () => {
    const redactor = await createRedactor({...NONE, values: {API_TOKEN: SECRET}})
    expect(Buffer.from(redactor.push(Buffer.from('one\ntwo'))).toString()).toBe('one\n')
    const endless = Buffer.alloc(200_000, 'x')
    const told = Buffer.concat([redactor.push(endless), redactor.push(Buffer.from(SECRET)), redactor.end()])
    expect(told.toString()).toBe(`two${'x'.repeat(200_000)}[redacted]`)
  })

  it('names what it leaves alone, and why', async () => {
    const values = {CI: 'true', KIND: 'simulator', HERE: tmpdir(), SCHEME: 'HelloKit', TOKEN: SECRET}
    const {report, text} = await createRedactor({...NONE, values, command: ['-scheme', 'HelloKit']})
    expect(text(`HelloKit ${tmpdir()} simulator true`)).toBe(`HelloKit ${tmpdir()} simulator true`)
    expect(report().skipped).toEqual([
      {name: 'CI', reason: 'too_short'},
      {name: 'KIND', reason: 'common_word'},
      {name: 'HERE', reason: tmpdir().length < 8 ? 'too_short' : 'existing_path'},
      {name: 'SCHEME', reason: 'in_the_command'},
    ])
  })

  it('looks into every text of an answer', async () => {
    const redactor = await createRedactor({...NONE, values: {TOKEN: SECRET}})
    expect(redactJson({a: [{name: `x ${SECRET}`, n: 1, none: null}]}, redactor)).toEqual({a: [{name: 'x [redacted]', n: 1, none: null}]})
    expect(redactor.report().rules).toEqual([{name: 'TOKEN', source: 'value', replacements: 1}])
  })
})
