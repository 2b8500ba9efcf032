import {ERRORS, EXIT_CODES, isErrorCode, type ErrorCode, type FailureKind} from '@rch/contract'
import type {GeneratedFile} from '../generate.ts'

/** `docs/errors.md`: every code, its exit status, what it means and what to do. */
export function errorsDocument(): GeneratedFile {
  return {path: 'docs/errors.md', render}
}

const OTHER_EXITS = [
  ['0', 'Everything succeeded.'],
  ['1', 'The command worked and its answer is no (`validate`, `doctor`).'],
  ['125', '`run --drop-in`: the lane failed, whatever the reason; stderr names the code.'],
  ['127', 'No such command.'],
  ['130', 'Ctrl-C twice.'],
  ['141', 'Whoever read the output closed it.'],
] as const

function render(): string {
  const kinds = Object.keys(EXIT_CODES).filter((kind): kind is FailureKind => Object.hasOwn(EXIT_CODES, kind))
  return [
    '# Errors',
    '',
    'Every failure has one code. Codes never change their meaning. `rch xcode errors CODE` prints the same text.',
    'This page is written by `npm run generate` from the registry in `plugins/contract/src/errors`.',
    '',
    '| exit | failure kind | codes |',
    '| ---: | --- | ---: |',
    ...kinds.map((kind) => `| ${EXIT_CODES[kind]} | [${kind}](#${anchor(kind)}) | ${codesOf(kind).length} |`),
    '',
    'Other exit codes:',
    '',
    '| exit | meaning |',
    '| ---: | --- |',
    ...OTHER_EXITS.map(([exit, meaning]) => `| ${exit} | ${meaning} |`),
    '',
    ...kinds.flatMap((kind) => [`## ${kind} (${EXIT_CODES[kind]})`, '', ...codesOf(kind).flatMap(section)]),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function codesOf(kind: FailureKind): readonly ErrorCode[] {
  return Object.keys(ERRORS)
    .filter(isErrorCode)
    .filter((code) => ERRORS[code].kind === kind)
}

function section(code: ErrorCode): readonly string[] {
  const row = ERRORS[code]
  const notes = [
    row.severity === 'warning' ? 'a warning' : undefined,
    row.retryable === true ? 'trying again may help' : undefined,
    row.wire === undefined ? undefined : `on the wire \`${row.wire}\``,
    row.since === 'planned' ? 'not produced yet' : `since ${row.since}`,
  ].filter((note) => note !== undefined)
  return [`### \`${code}\``, '', escape(row.message), '', `**Next:** ${escape(row.hint)}`, '', `_${notes.join(', ')}_`, '']
}

/** Braces and angle brackets stand for values; Markdown would swallow the brackets. */
function escape(text: string): string {
  return text.replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

function anchor(kind: FailureKind): string {
  return `${kind} ${EXIT_CODES[kind]}`.toLowerCase().replaceAll(' ', '-')
}
