import {spawn, spawnSync} from 'node:child_process'
import {chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'

export const SHELLS = ['bash', 'zsh'] as const
export type Shell = (typeof SHELLS)[number]

/** What a recording program was handed, once per start. */
export interface Call {
  readonly program: string
  readonly argv: readonly string[]
  readonly directory: string
  readonly env: Readonly<Record<string, string>>
}

/** What one line did in one shell. */
export interface Outcome {
  readonly calls: readonly Call[]
  readonly status: number
  /** Standard output of the whole line; empty without `capture`. */
  readonly output: string
  /** The line was no program to this shell; only known with `capture`. */
  readonly syntaxError: boolean
}

export interface RunOptions {
  /** The status that xcodebuild ends with. */
  readonly status?: number
  /** Shell text in front of each line. */
  readonly setup?: string
  /** Keep what the line printed. */
  readonly capture?: true
}

/** Where a program lies; says which package is missing, so that a red test tells what to do. */
function locate(name: string): string {
  const {stdout, status} = spawnSync('sh', ['-c', `command -v ${name}`], {encoding: 'utf8'})
  if (status !== 0) throw new Error(`${name} is not installed: install the package "${name}" to run this test`)
  return stdout.trim()
}

const ARGUMENTS: Readonly<Record<Shell, readonly string[]>> = {bash: ['--noprofile', '--norc'], zsh: ['-f']}

/** Names that recorders report from their environment. */
export const RECORDED_NAMES = ['NSUnbufferedIO', 'CI', 'FOO_BAR', 'QUX'] as const

/** Prints its words and environment into a file; `xcodebuild` ends with the status in `XCODE_STATUS`. */
const RECORDER = `#!/bin/sh
{
  printf '%s\\0' "\${0##*/}" "$PWD" "$#" "$@"
  for name in ${RECORDED_NAMES.join(' ')}; do
    eval "value=\\"\\\${$name-}\\"; set=\\"\\\${$name+1}\\""
    printf '%s\\0' "$set$value"
  done
} > "$RCH_RECORD/$RCH_LINE.$$"
`
const PROGRAMS: Readonly<Record<string, string>> = {
  xcodebuild: `${RECORDER}echo "said $# words"; echo noise >&2; exit "\${XCODE_STATUS:-0}"\n`,
  // Behaves as \`rch xcode run --drop-in -- WORDS\` does around the command that it takes over.
  rch: '#!/bin/sh\n[ "$1 $2 $3 $4" = "xcode run --drop-in --" ] || exit 99\nshift 4\nexec env "$@"\n',
  xcrun: '#!/bin/sh\nexec "$@"\n',
  arch: '#!/bin/sh\nshift\nexec "$@"\n',
  ok: '#!/bin/sh\nexit 0\n',
  // zsh expands `=eqx` to its path, and a line may well redirect into it; what xcodebuild prints is no command.
  eqx: '#!/bin/sh\nexit 0\n',
  no: '#!/bin/sh\nexit 1\n',
  xcbeautify: '#!/bin/sh\nexec cat\n',
  xcpretty: '#!/bin/sh\nexec cat\n',
}
const BORROWED = ['cat', 'env', 'tee', 'grep', 'head', 'tail', 'sort', 'wc', 'rm']

/** A sealed place for running lines: a PATH of stand-ins, an empty directory, nothing of the user's. */
export class ShellBench {
  readonly root = mkdtempSync(join(tmpdir(), 'rch-shells-'))
  readonly #shells: Readonly<Record<Shell, string>>

  constructor() {
    this.#shells = {bash: locate('bash'), zsh: locate('zsh')}
    mkdirSync(join(this.root, 'bin'))
    for (const shell of SHELLS) mkdirSync(join(this.workOf(shell), 'sub', 'deep'), {recursive: true})
    for (const [name, text] of Object.entries(PROGRAMS)) this.#program(name, text)
    for (const name of BORROWED) {
      symlinkSync(locate(name), join(this.root, 'bin', name))
    }
  }

  /** The directory that a shell's lines run in. */
  workOf(shell: Shell): string {
    return join(this.root, `work-${shell}`)
  }

  /** Runs every line in a subshell of its own; a shell is started once per few hundred lines. */
  async run(shell: Shell, lines: readonly string[], options: RunOptions = {}): Promise<readonly Outcome[]> {
    const outcomes: Outcome[] = []
    for (let from = 0; from < lines.length; from += BATCH)
      outcomes.push(...(await this.#runBatch(shell, lines.slice(from, from + BATCH), options)))
    return outcomes
  }

  close(): void {
    rmSync(this.root, {recursive: true, force: true})
  }

  async #runBatch(shell: Shell, lines: readonly string[], options: RunOptions): Promise<readonly Outcome[]> {
    const place = mkdtempSync(join(this.root, `${shell}-`))
    const out = options.capture === true ? quote(join(place, 'out')) : '/dev/null'
    const error = options.capture === true ? quote(join(place, 'err')) : '/dev/null'
    const collect = options.capture === true ? `cat ${out}; printf '\\0'; head -c 300 ${error}` : "printf '\\0'"
    const script = [
      `one() { ( RCH_LINE=$1; export RCH_LINE; ${options.setup ?? ':'}`,
      `eval "$2"; ended=$?; exit $ended ) </dev/null >${out} 2>${error}`,
      `ended=$?; { printf '%s\\0' "$ended"; ${collect}; printf '\\0'; } >> ${quote(join(place, 'status'))}; }`,
      ...lines.map((line, index) => `one ${index} ${quote(line)}`),
    ]
    writeFileSync(join(place, 'script'), `${script.join('\n')}\n`)
    mkdirSync(join(place, 'record'))
    const child = spawn(this.#shells[shell], [...ARGUMENTS[shell], join(place, 'script')], {
      cwd: this.workOf(shell),
      // The pipe is for nobody to write to: `close` comes once every process that a line left behind has ended.
      stdio: ['ignore', 'ignore', 'ignore', 'pipe'],
      env: {
        PATH: join(this.root, 'bin'),
        HOME: this.root,
        LC_ALL: 'C.UTF-8',
        RCH_RECORD: join(place, 'record'),
        XCODE_STATUS: String(options.status ?? 0),
      },
    })
    await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve))
    const statuses = readFileSync(join(place, 'status'), 'utf8').split('\0')
    const calls = readCalls(join(place, 'record'))
    rmSync(place, {recursive: true, force: true})
    if (statuses.length !== lines.length * 3 + 1)
      throw new Error(`${shell} ended early: ${statuses.length} of ${lines.length * 3 + 1} fields`)
    return lines.map((_, index) => {
      const errors = statuses[index * 3 + 2] ?? ''
      return {
        calls: calls.get(index) ?? [],
        status: Number(statuses[index * 3]),
        output: statuses[index * 3 + 1] ?? '',
        syntaxError: /syntax error|parse error|unmatched|unexpected EOF/.test(errors),
      }
    })
  }

  #program(name: string, text: string): void {
    const path = join(this.root, 'bin', name)
    writeFileSync(path, text)
    chmodSync(path, 0o755)
  }
}

const BATCH = 500

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`
}

function readCalls(folder: string): ReadonlyMap<number, readonly Call[]> {
  const calls = new Map<number, Call[]>()
  for (const file of readdirSync(folder)) {
    const [program = '', directory = '', count = '0', ...fields] = readFileSync(join(folder, file), 'utf8').split('\0')
    const argv = fields.slice(0, Number(count))
    const env: Record<string, string> = {}
    for (const [index, name] of RECORDED_NAMES.entries()) {
      const value = fields[argv.length + index] ?? ''
      if (value.startsWith('1')) env[name] = value.slice(1)
    }
    const line = Number(file.split('.')[0])
    calls.set(line, [...(calls.get(line) ?? []), {program, argv, directory, env}])
  }
  return calls
}
