// One gate from end to end on this machine: a private sshd, the shipped programs, mock Xcode. Touches nothing but a temporary folder.
import {execFileSync} from 'node:child_process'
import {cpSync, mkdirSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {sampleEdits} from '@rch/mock-xcode'
import {createLab, type Lab} from '../test/support/lab.ts'
import {sshdMissing} from '../test/support/sshd.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const SAMPLE = 'HelloKit'

async function main(): Promise<void> {
  const before = treeStatus()
  const began = Date.now()
  const missing = sshdMissing()
  const transport = missing === null ? 'ssh' : 'local'
  title('A repository, a worker, and what lies between them')
  const lab = await createLab({sample: SAMPLE, transport})
  try {
    introduce(lab, missing)
    const first = await failingGate(lab)
    const second = await fixedGate(lab, first)
    await offline(lab, second)
  } finally {
    await lab.stop()
  }
  title('The tree')
  expectThat(treeStatus() === before, 'the checkout is as it was: everything happened in a temporary folder, which is gone')
  say(`\nDone in ${((Date.now() - began) / 1000).toFixed(0)} s. Next: README.md, "your own Mac".`)
}

/** Says where everything is, and what stands in for what. */
function introduce(lab: Lab, missing: string | null): void {
  const [worker] = lab.workers
  say(`repository   ${lab.project} (the sample ${SAMPLE}: 2 source files, 2 test files)`)
  say(
    worker?.sshd == null
      ? `worker       rch-xcode-worker as a child process, since there is no sshd here (${missing ?? ''})`
      : `worker       rch-xcode-worker behind a private sshd on 127.0.0.1:${worker.sshd.port}, forced command, pinned host key`,
  )
  say('Xcode        a mock, which says so in everything that it makes: this shows the lane, not a build')
}

async function failingGate(lab: Lab): Promise<string> {
  title('1. A gate that finds a bug')
  switchBug(lab, 'in')
  say(`A comma was left out in ${sampleEdits(SAMPLE).failingTest.file}.`)
  const ran = await show(lab, ['xcode', 'verify'], 'the line that begins with "failed": test, file, line, what was expected')
  expectThat(ran.code === 50, 'it exits with 50: the tests ran and failed')
  const failure = ran.output
    .split('\n')
    .find((line) => /failed\s+HelloKitTests\/GreeterTests\/testGreetsByName Tests\/\S+\.swift:\d+: /.test(line))
  expectThat(failure !== undefined, `the failing test is named with file and line: ${failure?.replace(/^\S+\s+failed\s+/, '') ?? ''}`)
  return runIdOf(ran.output)
}

async function fixedGate(lab: Lab, before: string): Promise<string> {
  title('2. The fix: one file travels, one file is compiled')
  switchBug(lab, 'out')
  const ran = await show(lab, ['xcode', 'verify'], '"stage" (files sent) and "workspace" (files written, files kept)')
  expectThat(ran.code === 0, 'it exits with 0: the gate is green')
  const run = runIdOf(ran.output)
  expectThat(run !== before, 'another source is another run')
  const artifacts = await answerOf(lab, ['xcode', 'artifacts', run, '--json'])
  const sets = artifacts.sets.map(({directory}) => directory)
  const staging: {readonly files_sent: number} = JSON.parse(readFileSync(join(artifacts.notebook ?? '', 'staging.json'), 'utf8'))
  expectThat(staging.files_sent === 1, 'one file was staged (files_sent in staging.json)')
  const events = linesOf(sets[0] ?? '', 'events.ndjson').map(
    (line): {readonly type: string; readonly files_written?: number; readonly files_kept?: number} => JSON.parse(line),
  )
  const materialised = events.find(({type}) => type === 'materialised')
  expectThat(
    materialised?.files_written === 1,
    `one file was written in the worker's workspace, ${materialised?.files_kept} were left untouched (event "materialised")`,
  )
  const compiled = sets.flatMap((set) =>
    linesOf(set, 'build.log').flatMap((line) => /^SwiftCompile normal \S+ \/\S+\/(\S+\.swift) /.exec(line)?.[1] ?? []),
  )
  expectThat(
    compiled.length === 1,
    `one file was compiled in both steps together: ${compiled.join(', ')} ("SwiftCompile" in the two build.log)`,
  )
  return run
}

async function offline(lab: Lab, run: string): Promise<void> {
  title('3. The sealed set, on a machine that has never seen the run')
  const {sets} = await answerOf(lab, ['xcode', 'artifacts', run, '--json'])
  const elsewhere = join(lab.dir, 'elsewhere')
  for (const folder of ['home', 'tmp']) mkdirSync(join(elsewhere, folder), {recursive: true})
  const set = sets.at(-1)?.directory ?? ''
  cpSync(set, join(elsewhere, 'set'), {recursive: true})
  for (const {sshd} of lab.workers) await sshd?.stop()
  say(
    `${readdirSync(set).length} files and folders were copied; home and configuration are empty${lab.workers[0]?.sshd == null ? '' : '; the sshd is stopped'}.`,
  )
  const env = {
    ...lab.env,
    HOME: join(elsewhere, 'home'),
    XDG_DATA_HOME: '',
    XDG_STATE_HOME: '',
    XDG_CACHE_HOME: '',
    RCH_CONFIG_DIR: join(elsewhere, 'home'),
  }
  const valid = await show(lab, ['xcode', 'validate', './set'], '"valid", and what could be said of who signed', {cwd: elsewhere, env})
  expectThat(valid.code === 0, 'it exits with 0: the set is what the worker sealed')
  const log = join(elsewhere, 'set/build.log')
  writeFileSync(log, readFileSync(log, 'utf8').replace('SUCCEEDED', 'SUCCEEDEE'), {mode: 0o600})
  say('One letter of build.log is changed.')
  const bent = await show(lab, ['xcode', 'validate', './set'], 'the file that is named', {cwd: elsewhere, env})
  expectThat(bent.code === 1 && bent.output.includes('build.log'), 'it exits with 1 and names build.log')
}

function switchBug(lab: Lab, way: 'in' | 'out'): void {
  const {file, from, to} = sampleEdits(SAMPLE).failingTest
  const path = join(lab.project, file)
  const text = readFileSync(path, 'utf8')
  writeFileSync(path, way === 'in' ? text.replace(from, to) : text.replace(to, from))
}

/** Runs the shipped `rch` where everybody can see it. */
async function show(
  lab: Lab,
  args: readonly string[],
  lookAt: string,
  options: Parameters<Lab['start']>[1] = {},
): Promise<{readonly code: number | null; readonly output: string}> {
  say(`\n$ rch ${args.join(' ')}\n  look at ${lookAt}`)
  const child = lab.start(args, options)
  child.stdin?.end()
  let output = ''
  for (const stream of [child.stdout, child.stderr]) {
    stream?.setEncoding('utf8')
    stream?.on('data', (text: string) => {
      output += text
      process.stdout.write(text.replaceAll(/^(?=.)/gm, '  │ '))
    })
  }
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  return {code, output}
}

async function answerOf(
  lab: Lab,
  args: readonly string[],
): Promise<{readonly notebook: string | null; readonly sets: readonly {readonly directory: string}[]}> {
  return JSON.parse((await lab.rch(args)).stdout)
}

function runIdOf(output: string): string {
  return /^\S+ run {7}([0-9a-f]{12}) /m.exec(output)?.[1] ?? ''
}

function linesOf(set: string, file: string): readonly string[] {
  return readFileSync(join(set, file), 'utf8')
    .split('\n')
    .filter((line) => line !== '')
}

/** What git says of this checkout; nothing where it is none. */
function treeStatus(): string {
  try {
    return execFileSync('git', ['status', '--porcelain'], {cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']})
  } catch {
    return ''
  }
}

function expectThat(holds: boolean, claim: string): void {
  if (!holds) throw new Error(`this does not hold: ${claim}`)
  say(`✔ ${claim}`)
}

function title(text: string): void {
  say(`\n── ${text} ${'─'.repeat(Math.max(0, 96 - text.length))}`)
}

function say(text: string): void {
  process.stdout.write(`${text}\n`)
}

try {
  await main()
} catch (error) {
  process.stderr.write(`✘ ${error instanceof Error ? error.message : String(error)}\n`)
  process.exitCode = 1
}
