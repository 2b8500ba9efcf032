import {
  ACTION_WORDS,
  ALLOWED_SETTINGS,
  CLASSIFIER_ERRORS,
  NEVER_PATTERNS,
  NEVER_SETTINGS,
  PLACE_PATTERNS,
  OPTIONS,
  type OptionPolicy,
  type OptionRow,
} from '@rch/contract/kinds/xcodebuild'
import type {GeneratedFile} from '../generate.ts'

/** `docs/options.md`: what the gate does with every option, action and build setting of xcodebuild. */
export function optionsDocument(): GeneratedFile {
  return {path: 'docs/options.md', render}
}

const POLICIES: readonly (readonly [OptionPolicy, string, string])[] = [
  [
    'constrained',
    'Constrained',
    "Must equal the profile's value or be in its allow-list. A destination may name its keys in any order; a missing platform or OS is filled in when that leaves one of the profile's destinations; without any, the profile's are used.",
  ],
  ['modelled', 'Modelled', 'Becomes a field of the model and replaces the profile key beside it.'],
  [
    'owned',
    'Owned by the worker',
    'Refused; with `classifier.drop_owned_paths = true` a path inside the repository is dropped with a note, and the host delivers the result bundle to the path that `-resultBundlePath` names.',
  ],
  ['presentation', 'Presentation', 'Applied by the host to what it prints; never part of the remote command.'],
  ['query', 'Queries', 'Ask Xcode something: left to a local Xcode where there is one, otherwise the command that answers is named.'],
  ['refused', 'Refused', 'Never taken over.'],
]

function render(): string {
  return [
    '# What the gate does with every word of xcodebuild',
    '',
    'Options of Xcode 15 to 27. A word that is not on this page is refused. So is an option without its value, a second value for an',
    'option that takes one, a value that begins with `-`, a path that leaves the repository, and every `-Name=Value` word: that is a user',
    'default to xcodebuild, even when it looks like an option (`-destination="…"`).',
    'This page is written by `npm run generate` from the tables in `plugins/contract/src/kinds/xcodebuild`.',
    '',
    ...POLICIES.flatMap(([policy, title, text]) => ['## ' + title, '', text, '', ...optionTable(policy), '']),
    '## Actions',
    '',
    '`clean` in front of another action gives the run a workspace of its own, empty at first; alone it is refused unless',
    '`safety.allow_mutating` is on. Several actions are steps in their order; none means `build`.',
    '',
    '| action | |',
    '| --- | --- |',
    ...[...ACTION_WORDS].map(([word, meaning]) => `| \`${word}\` | ${'code' in meaning ? `refused: ${link(meaning.code)}` : 'a step'} |`),
    '',
    '## Build settings',
    '',
    'Deny by default. Names are read exactly; a condition such as `[sdk=*]` is never allowed. A profile may ask for more names with',
    '`classifier.allow_settings`, and the host grants them.',
    '',
    '| setting | values |',
    '| --- | --- |',
    ...Object.entries(ALLOWED_SETTINGS).map(([name, {expected}]) => `| \`${name}\` | ${cell(expected)} |`),
    '',
    'Never allowed, by anybody, in any spelling, because they name or feed a program, load code or leave the workspace:',
    '',
    [...NEVER_SETTINGS]
      .toSorted()
      .map((name) => `\`${name}\``)
      .join(' '),
    '',
    `and every name that matches ${[...NEVER_PATTERNS, ...PLACE_PATTERNS].map(({source}) => `\`${source.replaceAll('|', '\\|')}\``).join(', ')}.`,
    '',
  ].join('\n')
}

function optionTable(policy: OptionPolicy): readonly string[] {
  const rows = [...OPTIONS].filter(([, row]) => row.policy === policy)
  const [title, describe] = columnOf(policy)
  return [
    `| option | value | ${title} | Xcode |`,
    '| --- | --- | --- | --- |',
    ...rows.map(([name, row]) => `| \`${name}\` | ${cell(valueOf(row))} | ${describe(row)} | ${versionsOf(row)} |`),
  ]
}

function columnOf(policy: OptionPolicy): readonly [string, (row: OptionRow) => string] {
  if (policy === 'constrained' || policy === 'modelled') return ['profile key', ({key}) => (key === undefined ? '' : `\`${key}\``)]
  return ['why', ({code}) => (code === undefined ? '' : link(code))]
}

function valueOf(row: OptionRow): string {
  if (row.value === null) return ''
  const value = row.metavar ?? (row.value === 'bool' ? 'YES|NO' : row.value === 'choice' ? (row.choices ?? []).join('|') : row.value)
  return row.repeatable === true ? `${value}, may repeat` : value
}

function versionsOf({since, removed}: OptionRow): string {
  return [since === undefined ? '' : `from ${since}`, removed === undefined ? '' : `until ${removed - 1}`]
    .filter((text) => text !== '')
    .join(', ')
}

function link(code: keyof typeof CLASSIFIER_ERRORS): string {
  return `[${code}](errors.md#${code})`
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|')
}
