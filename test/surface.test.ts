import {execFileSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {EXIT_CODES} from '@rch/contract'
import {describe, expect, it} from 'vitest'
import {RCH} from './support/lab.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

interface ManifestCommand {
  readonly aliases: readonly string[]
  readonly args: Readonly<Record<string, {readonly required?: boolean}>>
  readonly flags: Readonly<
    Record<
      string,
      {
        readonly type: string
        readonly char?: string
        readonly options?: readonly string[]
        readonly multiple?: boolean
        readonly required?: boolean
        readonly allowNo?: boolean
      }
    >
  >
  readonly examples?: readonly unknown[]
  readonly summary?: string
  readonly hidden?: boolean
}

const manifest: {readonly commands: Readonly<Record<string, ManifestCommand>>} = JSON.parse(
  readFileSync(join(ROOT, 'oclif.manifest.json'), 'utf8'),
)
const commands = Object.entries(manifest.commands)
const common = new Set(commonFlags())

describe('the command line', () => {
  it('has the commands, arguments, flags and exit codes that the committed list has', async () => {
    // Somebody's script depends on each line: `vitest -u` writes the list anew, a review reads what changed.
    await expect(`${surface().join('\n')}\n`).toMatchFileSnapshot('surface.txt')
  })

  it.each(commands)('%s says what it does, with an example that names it', (_, {summary, examples, hidden}) => {
    if (hidden === true) return
    expect(summary).toMatch(/\S/)
    expect(JSON.stringify(examples ?? [])).toContain('command.id')
  })

  it.each(commands)('%s takes --json and the common flags', (_, {flags}) => {
    expect(Object.keys(flags)).toEqual(expect.arrayContaining(['config-dir', 'json', 'no-color', 'profile', 'quiet', 'verbose']))
  })

  it('is a program of three names', () => {
    expect(execFileSync(process.execPath, [RCH, '--version'], {encoding: 'utf8'})).toMatch(/^rch\/\d+\.\d+\.\d+ /)
    expect(execFileSync(process.execPath, [join(ROOT, 'bin/rch-xcode.js'), 'errors', 'timeout'], {encoding: 'utf8'})).toContain(
      'timeout (exit 40',
    )
  })
})

/** One line for each thing that a script can depend on. */
function surface(): readonly string[] {
  const lines = commands
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .flatMap(([id, {aliases, args, flags}]) => [
      `${id.replaceAll(':', ' ')}${aliases.length > 0 ? ` (${aliases.join(', ').replaceAll(':', ' ')})` : ''}`,
      ...Object.entries(args).map(([name, {required}]) => `  ${required === true ? `<${name}>` : `[${name}]`}`),
      ...Object.keys(flags)
        .toSorted()
        .filter((name) => !common.has(name))
        .map((name) => `  ${flagLine(name, flags[name])}`),
    ])
  return [
    'common flags',
    ...[...common].toSorted().map((name) => `  ${flagLine(name, commands[0]?.[1].flags[name])}`),
    ...lines,
    'exit codes',
    '  0 success',
    '  1 the answer is no',
    ...Object.entries(EXIT_CODES).map(([kind, code]) => `  ${code} ${kind}`),
  ]
}

function flagLine(name: string, flag: ManifestCommand['flags'][string] | undefined): string {
  if (flag === undefined) return `--${name}`
  const value = flag.type === 'boolean' ? '' : ` ${flag.options?.join('|') ?? 'VALUE'}`
  return `--${flag.allowNo === true ? '[no-]' : ''}${name}${flag.char === undefined ? '' : ` -${flag.char}`}${value}${flag.multiple === true ? ' …' : ''}${flag.required === true ? ' (required)' : ''}`
}

function commonFlags(): readonly string[] {
  const [first, ...rest] = commands.map(([, {flags}]) => Object.keys(flags))
  return (first ?? []).filter((name) => rest.every((names) => names.includes(name)))
}
