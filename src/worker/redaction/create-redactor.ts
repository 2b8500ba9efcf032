import {RchError} from '@rch/contract'
import {TOKEN_PATTERNS} from './token-patterns.ts'
import {formsOf, whyShown, type Skipped} from './value-forms.ts'

/** Hides secrets in what a backend prints, as it comes, and in whole texts. */
export interface Redactor {
  /** Answers what is complete: a line is looked at when its end has come, or when it is long beyond all reason. */
  push: (bytes: Uint8Array) => Uint8Array
  /** What was held back. */
  end: () => Uint8Array
  text: (text: string) => string
  report: () => {
    readonly rules: readonly {readonly name: string; readonly source: 'built_in' | 'value' | 'profile'; readonly replacements: number}[]
    readonly skipped: readonly {readonly name: string; readonly reason: Skipped}[]
  }
}

export interface RedactorOptions {
  /** Forwarded variables. */
  readonly values: Readonly<Record<string, string>>
  /** Of the profile, in the syntax of RE2. */
  readonly patterns: readonly string[]
  /** Words of the job's own command. */
  readonly command: readonly string[]
}

/** A JSON value with every text in it looked at; names of fields are the tool's own and stay. */
export function redactJson(value: unknown, {text}: Pick<Redactor, 'text'>): unknown {
  if (typeof value === 'string') return text(value)
  if (Array.isArray(value)) return value.map((item) => redactJson(item, {text}))
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([key, member]) => [key, redactJson(member, {text})]))
}

const MARK = '[redacted]'
const MAX_HELD = 64 * 1024
/** No secret that is looked for is longer. */
const OVERLAP = 16 * 1024
const KEY_BEGINS = /-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----/
const KEY_ENDS = /-----END [A-Z ]{0,40}PRIVATE KEY-----/
const MAX_KEY_LINES = 200
const NEWLINE = 0x0a

interface Rule {
  readonly name: string
  readonly source: 'built_in' | 'value' | 'profile'
  replacements: number
}

/** Throws `config_invalid` for a pattern that the linear-time engine cannot take. */
export async function createRedactor({values, patterns, command}: RedactorOptions): Promise<Redactor> {
  const rules = new Map<string, Rule>()
  const ruleOf = (name: string, source: Rule['source']): Rule => {
    const key = `${source} ${name}`
    const rule = rules.get(key) ?? {name, source, replacements: 0}
    rules.set(key, rule)
    return rule
  }
  const shown = Object.entries(values).flatMap(([name, value]) => {
    const reason = whyShown(value, command)
    return reason === null ? [] : [{name, reason}]
  })
  // Bytes are searched as Latin-1, one character each: nothing is decoded, and nothing that is not hidden changes.
  const hidden = Object.entries(values)
    .filter(([name]) => !shown.some((one) => one.name === name))
    .flatMap(([name, value]) =>
      formsOf(value).map((printed) => ({printed, form: Buffer.from(printed).toString('latin1'), rule: ruleOf(name, 'value')})),
    )
    .toSorted((one, other) => other.form.length - one.form.length)
  const tokens = TOKEN_PATTERNS.map((pattern) => ({...pattern, rule: ruleOf(pattern.name, 'built_in')}))
  const keys = ruleOf('private_key', 'built_in')
  const own = await compile(patterns, (index) => ruleOf(`redaction.patterns[${index}]`, 'profile'))
  let held: Buffer = Buffer.alloc(0)
  let keyLines = 0

  const hideValues = (text: string): string => {
    let told = text
    for (const {form, rule} of hidden) {
      if (!told.includes(form)) continue
      const parts = told.split(form)
      rule.replacements += parts.length - 1
      told = parts.join(MARK)
    }
    return told
  }

  const hideTokens = (text: string): string => {
    let told = text
    for (const {hints, regex, keep, rule} of tokens) {
      if (!hints.some((hint) => told.includes(hint))) continue
      told = told.replace(regex, (...groups: string[]) => {
        rule.replacements += 1
        return keep === undefined ? MARK : `${keep[0] === '' ? '' : (groups[1] ?? '')}${MARK}${keep[1] === '' ? '' : (groups[2] ?? '')}`
      })
    }
    return told
  }

  const hideKeys = (text: string): string => {
    if (keyLines === 0 && !text.includes('PRIVATE KEY-----')) return text
    return text
      .split('\n')
      .map((line, index, all) => {
        // What follows the last line break is not a line yet.
        if (index === all.length - 1 && line === '') return line
        if (keyLines === 0 && !KEY_BEGINS.test(line)) return line
        keyLines += 1
        if (KEY_ENDS.test(line) || keyLines > MAX_KEY_LINES) keyLines = 0
        keys.replacements += 1
        return MARK
      })
      .join('\n')
  }

  // Line by line: a line that holds nothing keeps its bytes, even those that are no text.
  const hideOwn = (text: string): string => (own.length === 0 ? text : text.split('\n').map(hideOwnLine).join('\n'))
  const hideOwnLine = (line: string): string => {
    const before = Buffer.from(line, 'latin1').toString('utf8')
    let told = before
    for (const {replace, rule} of own) {
      const {text: after, count} = replace(told)
      rule.replacements += count
      told = after
    }
    return told === before ? line : Buffer.from(told).toString('latin1')
  }

  const mayHold = (text: string): boolean =>
    own.length > 0 ||
    text.includes('PRIVATE KEY-----') ||
    tokens.some(({hints}) => hints.some((hint) => text.includes(hint))) ||
    hidden.some(({printed}) => text.includes(printed))

  const hide = (text: string): string => hideOwn(hideTokens(hideKeys(hideValues(text))))
  const hideBytes = (bytes: Buffer): Buffer => {
    const text = bytes.toString('latin1')
    const told = hide(text)
    return told === text ? bytes : Buffer.from(told, 'latin1')
  }

  return {
    push(chunk) {
      const all = held.length === 0 ? Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length) : Buffer.concat([held, chunk])
      const end = all.lastIndexOf(NEWLINE) + 1
      const whole = all.subarray(0, end)
      // The caller may use its buffer again.
      held = Buffer.from(all.subarray(end))
      const told = whole.length === 0 ? whole : hideBytes(whole)
      if (held.length <= MAX_HELD) return told
      const long = hideBytes(held)
      const kept = Math.min(OVERLAP, long.length)
      held = Buffer.from(long.subarray(long.length - kept))
      return Buffer.concat([told, long.subarray(0, long.length - kept)])
    },
    end() {
      const rest = held.length === 0 ? held : hideBytes(held)
      held = Buffer.alloc(0)
      keyLines = 0
      return rest
    },
    text(text) {
      if (!mayHold(text)) return text
      const lines = keyLines
      keyLines = 0
      const latin = Buffer.from(text).toString('latin1')
      const told = hide(latin)
      keyLines = lines
      return told === latin ? text : Buffer.from(told, 'latin1').toString()
    },
    report: () => ({rules: [...rules.values()].filter(({replacements}) => replacements > 0).map((rule) => ({...rule})), skipped: shown}),
  }
}

interface OwnPattern {
  readonly rule: Rule
  readonly replace: (text: string) => {readonly text: string; readonly count: number}
}

/** An engine that never looks back: a profile's pattern may be anything, and so may a log. Loaded only where there are patterns. */
async function compile(patterns: readonly string[], ruleOf: (index: number) => Rule): Promise<readonly OwnPattern[]> {
  if (patterns.length === 0) return []
  const {RE2JS} = await import('re2js')
  return patterns.map((pattern, index) => {
    const compiled = compileOne(() => RE2JS.compile(pattern, RE2JS.MULTILINE), pattern)
    return {
      rule: ruleOf(index),
      replace(text) {
        const matcher = compiled.matcher(text)
        const parts: string[] = []
        let from = 0
        while (matcher.find()) {
          // A pattern that matches nothing hides nothing.
          if (matcher.end() === matcher.start()) continue
          parts.push(text.slice(from, matcher.start()))
          from = matcher.end()
        }
        return parts.length === 0 ? {text, count: 0} : {text: [...parts, text.slice(from)].join(MARK), count: parts.length}
      },
    }
  })
}

function compileOne<T>(make: () => T, pattern: string): T {
  try {
    return make()
  } catch (error) {
    throw new RchError('config_invalid', `redaction.patterns holds ${JSON.stringify(pattern)}, which is no pattern of RE2.`, {
      data: {key: 'redaction.patterns', value: pattern, problem: error instanceof Error ? error.message : String(error)},
      hint: 'Write it without look-around and back references: https://github.com/google/re2/wiki/Syntax.',
    })
  }
}
