import {
  DESTINATION_KEYS,
  HOST_KEYS,
  INVENTORY_KEYS,
  PROFILE_KEYS,
  REPO_KEYS,
  VERIFY_KEYS,
  WORKER_ENTRY_KEYS,
  WORKER_KEYS,
  type Access,
  type ConfigValue,
  type KeyRow,
  type KeyType,
} from '../../src/domain/config/keys.ts'
import type {GeneratedFile} from '../generate.ts'

/** `docs/config.md`: every key of every configuration file. */
export function configDocument(): GeneratedFile {
  return {path: 'docs/config.md', render}
}

function render(): string {
  const profile = PROFILE_KEYS.filter(({path}) => !path.startsWith('destination.'))
  return [
    '# Configuration',
    '',
    'Every key of every file. This page is written by `npm run generate` from the table in `src/domain/config`;',
    '`rch xcode plan --explain-config` shows the value of each key, where it comes from and what it replaced.',
    '',
    '| file | whose | holds |',
    '| --- | --- | --- |',
    '| `.rch/xcode.toml` | the repository | [profiles](#profile) |',
    '| `config.toml` | the user of the host | [`[defaults]`, `[enforce]`](#profile) and [more](#configtoml) |',
    '| `workers.toml` | the user of the host | [the workers](#workerstoml) |',
    "| `worker.toml` | the worker's operator | [the worker](#workertoml) |",
    '',
    'The last three lie in `--config-dir`, else `$RCH_CONFIG_DIR`, else `$XDG_CONFIG_HOME/rch`, else `~/.config/rch`.',
    'Times are seconds. Sizes are bytes or text with a unit: `KB MB GB TB` count in thousands, `KiB MiB GiB TiB` in 1024s.',
    '',
    'Layers, weakest first: built-in defaults, `[defaults]` of the host, the profile with what it `extends`, flags, `[enforce]` of',
    'the host. Tables merge by key, single values replace, lists replace.',
    '',
    'Who may set a key:',
    '',
    '- *free*: anyone.',
    '- *tighten*: a repository may only make it stricter than the bound: `[enforce]`, else `[defaults]`, else the built-in one. Looser',
    '  values are refused (`config_loosens_policy`).',
    '- *host*: the files and flags of the host only.',
    '- *asked*: a repository proposes, and a list under `[allow]` decides.',
    '',
    '`[repos."<origin>"] trust = "full"` lifts *tighten* and *asked* for one repository.',
    '',
    '## Profile',
    '',
    'Flat at the top of `.rch/xcode.toml` (the profile `default`) or under `[profiles.NAME]`; `default_profile` names the one to use',
    'when no other is named, `extends` one or several profiles to start from. *Id*: counts for the identity of a run.',
    '',
    ...keyTable(profile, true),
    '',
    'Where a file has both `workspace = "App.xcworkspace"` and a `[workspace]` table, the table may also be written `[workspace_mode]`.',
    '',
    '### `[destination]`, `[[destinations]]`',
    '',
    ...keyTable(DESTINATION_KEYS, true),
    '',
    '### `[[verify]]`',
    '',
    `A step is an action's name, or a table of ${VERIFY_KEYS.filter(({path}) => !path.includes('.'))
      .map(({path}) => `\`${path}\``)
      .join(', ')},`,
    '`[destination]`, `[xcode_test]` and `[xcode_run]`, which replace what the profile says.',
    '',
    '## config.toml',
    '',
    'Besides `[defaults]` and `[enforce]`, which hold the keys of a profile, and `[providers.ID]`, which the provider reads:',
    '',
    ...keyTable(HOST_KEYS, false),
    ...keyTable(
      REPO_KEYS.map((row) => ({...row, path: `repos."<origin>".${row.path}`})),
      false,
    ).slice(2),
    '',
    '## workers.toml',
    '',
    ...keyTable(
      INVENTORY_KEYS.filter(({type}) => type.kind !== 'tables'),
      false,
    ),
    '',
    'One `[[workers]]` table each (`[[worker]]` is read too):',
    '',
    ...keyTable(WORKER_ENTRY_KEYS, false),
    '',
    '## worker.toml',
    '',
    'On the worker. Besides `[providers.ID]`:',
    '',
    ...keyTable(WORKER_KEYS, false),
    '',
  ].join('\n')
}

function keyTable(rows: readonly KeyRow[], policy: boolean): readonly string[] {
  const head = policy ? ['key', 'value', 'default', 'who', 'id', 'what'] : ['key', 'value', 'default', 'what']
  return [
    line(head),
    line(head.map(() => '---')),
    ...rows.map((row) => {
      const aliases = row.aliases.length === 0 ? '' : ` Also read: ${row.aliases.map((alias) => `\`${alias}\``).join(', ')}.`
      const what = row.doc + aliases
      const common = [`\`${row.path}\``, typeText(row.type), defaultText(row.default, row.type)]
      return line(policy ? [...common, accessText(row.access, row.type), row.hashed ? 'yes' : '', what] : [...common, what])
    }),
  ]
}

function line(cells: readonly string[]): string {
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`
}

function typeText(type: KeyType): string {
  switch (type.kind) {
    case 'boolean':
      return 'true, false'
    case 'integer':
      return `${type.min}..${type.max}`
    case 'bytes':
      return 'bytes'
    case 'enum':
      return type.values.map((value) => `\`${value}\``).join(' ')
    case 'list':
      return type.set ? 'set of text' : 'list of text'
    case 'tables':
      return 'tables'
    case 'map':
      return 'table of text'
    case 'opaque':
      return 'table'
    default:
      return 'text'
  }
}

function defaultText(value: ConfigValue | null, type: KeyType): string {
  if (value === null) return ''
  if (Array.isArray(value)) return value.length === 0 ? '' : `\`${JSON.stringify(value)}\``
  return `\`${type.kind === 'bytes' && typeof value === 'number' ? bytesText(value) : JSON.stringify(value)}\``
}

function bytesText(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB', 'TB']
  let unit = 0
  let value = bytes
  while (value >= 1000 && value % 1000 === 0 && unit < units.length - 1) {
    value /= 1000
    unit += 1
  }
  return unit === 0 ? String(bytes) : `"${value}${units[unit]}"`
}

function accessText(access: Access, type: KeyType): string {
  switch (access.class) {
    case 'host':
      return access.above === undefined ? 'host' : `host above ${access.above}`
    case 'asked':
      return `asked (\`[allow] ${access.list}\`)`
    case 'tighten':
      return `tighten${boundText(access, type)}`
    default:
      return 'free'
  }
}

function boundText({order, bound}: Extract<Access, {class: 'tighten'}>, type: KeyType): string {
  switch (order.by) {
    case 'ranks':
      return `: ${order.ranks.map((rank) => `\`${String(rank)}\``).join(' < ')}, up to \`${typeof bound === 'object' ? '' : String(bound)}\``
    case 'at_most':
      return bound === null ? ': less is stricter' : `: at most ${defaultText(bound, type)}`
    case 'permits':
      return ': both lists together decide'
    default:
      return ": adds to the host's"
  }
}
