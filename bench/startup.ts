import {spawnSync} from 'node:child_process'
import {mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {compare} from './compare.ts'
import type {BenchRow} from './row.ts'

const BIN = fileURLToPath(new URL('../bin', import.meta.url))
const COMMAND = 'xcodebuild test -workspace App.xcworkspace -scheme App -destination "platform=macOS"'
const PROFILE = 'schema_version = 1\nworkspace = "App.xcworkspace"\nscheme = "App"\n[destination]\nplatform = "macOS"\n'

interface Start {
  readonly name: string
  readonly bar: number
  readonly against: 'node -e 0' | '/bin/sh -c :'
  /** Shell words. */
  readonly words: string
  /** Starts per measurement: what takes a millisecond cannot be timed alone. */
  readonly times: number
}

/** Whole processes of the shipped programs against the smallest process of their kind. */
export async function startupRows(pairs: number): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-startup-')))
  try {
    const project = makeProject(base)
    const rows: BenchRow[] = []
    for (const start of STARTS) {
      const words = start.words.replaceAll('$BIN', BIN)
      const side = (command: string) => () => repeat(command, start.times, project, base)
      const measured = await compare(side(words), side(start.against), {pairs})
      rows.push({
        name: start.name,
        against: start.against,
        bar: start.bar,
        ...measured,
        conditions: `${start.times} whole processes one after the other per measurement, code cache and page cache warm`,
      })
    }
    return rows
  } finally {
    rmSync(base, {recursive: true, force: true})
  }
}

const NODE = 'node -e 0'
const STARTS: readonly Start[] = [
  {name: 'rch --version', bar: 1.5, against: NODE, words: 'node $BIN/run.js --version', times: 5},
  {name: 'rch xcode explain -- xcodebuild test …', bar: 5, against: NODE, words: `node $BIN/run.js xcode explain -- ${COMMAND}`, times: 3},
  {
    name: 'agent hook, another command',
    bar: 3,
    against: '/bin/sh -c :',
    words: '$BIN/rch-xcode-intercept "git status --short"',
    times: 200,
  },
  {name: 'agent hook, xcodebuild', bar: 2.5, against: NODE, words: `$BIN/rch-xcode-intercept '${COMMAND}'`, times: 5},
]

/** A loop of the shell itself, whose own start is the same on both sides and small against what it starts. */
function repeat(command: string, times: number, cwd: string, home: string): void {
  const loop = `set -e; i=0; while [ $i -lt ${times} ]; do ${command} >/dev/null; i=$((i+1)); done`
  const {status, stderr} = spawnSync('/bin/sh', ['-c', loop], {
    cwd,
    encoding: 'utf8',
    env: {
      PATH: `${join(process.execPath, '..')}:${process.env['PATH'] ?? ''}`,
      HOME: home,
      TMPDIR: tmpdir(),
      RCH_CONFIG_DIR: join(home, 'config'),
    },
  })
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}: ${stderr}`)
}

/** A repository with a profile that lets the command in. */
function makeProject(base: string): string {
  const project = join(base, 'project')
  mkdirSync(join(project, '.rch'), {recursive: true})
  mkdirSync(join(base, 'config'))
  writeFileSync(join(project, '.rch/xcode.toml'), PROFILE)
  spawnSync('git', ['init', '-q'], {cwd: project})
  return project
}
