import {type ChildProcess, spawn} from 'node:child_process'
import {cpSync, mkdtempSync, readFileSync, realpathSync, rmSync, utimesSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {installMockXcode, sampleEdits, samplesDirectory, type SampleName, type Scenario} from '../../src/index.ts'

export interface Ran {
  readonly status: number | null
  readonly signal: string | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly cwd?: string
  readonly scenario?: Scenario
  readonly env?: Readonly<Record<string, string>>
  /** Each is called once with the process, as soon as its text has been printed. */
  readonly when?: readonly (readonly [text: string, act: (child: ChildProcess) => void])[]
}

/** A folder with an installed mock Xcode, a home and a copy of a sample, and a way to run tools there. */
export interface Bench {
  readonly root: string
  readonly developerDir: string
  readonly binDir: string
  readonly project: string
  readonly derivedData: string
  run(tool: string, words: readonly string[], options?: RunOptions): Promise<Ran>
  edit(which: 'failingTest' | 'syntaxError', back?: boolean): void
  touch(file: string): void
  [Symbol.dispose](): void
}

export function bench(sample: SampleName): Bench {
  const root = realpathSync(mkdtempSync(join(tmpdir(), 'mock-xcode-')))
  const {developerDir, binDir} = installMockXcode(join(root, 'tools'))
  const project = join(root, sample)
  cpSync(join(samplesDirectory(), sample), project, {recursive: true})
  return {
    root,
    developerDir,
    binDir,
    project,
    derivedData: join(root, 'dd'),
    run: (tool, words, options = {}) => run(join(binDir, tool), words, {cwd: project, ...options}, root, binDir),
    edit(which, back = false) {
      const {file, from, to} = sampleEdits(sample)[which]
      const path = join(project, file)
      const text = readFileSync(path, 'utf8')
      const [old, fresh] = back ? [to, from] : [from, to]
      if (text.split(old).length !== 2) throw new Error(`${old} is not in ${file} exactly once`)
      writeFileSync(
        path,
        text.replace(old, () => fresh),
      )
    },
    touch(file) {
      const now = new Date()
      utimesSync(join(project, file), now, now)
    },
    [Symbol.dispose]: () => rmSync(root, {recursive: true, force: true}),
  }
}

function run(path: string, words: readonly string[], {cwd, scenario, env, when}: RunOptions, root: string, binDir: string): Promise<Ran> {
  return new Promise((resolve, reject) => {
    const child = spawn(path, words, {
      cwd,
      env: {
        PATH: `${binDir}:/usr/bin:/bin`,
        HOME: join(root, 'home'),
        ...(scenario === undefined ? {} : {RCH_MOCK_SCENARIO: JSON.stringify(scenario)}),
        ...env,
      },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let stdout = ''
    let stderr = ''
    const waiting = new Set(when)
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      stdout += text
      for (const entry of waiting) {
        if (stdout.includes(entry[0]) && waiting.delete(entry)) entry[1](child)
      }
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
    child.on('error', reject)
    child.on('close', (status, signal) => resolve({status, signal, stdout, stderr}))
  })
}

/** The sources that a log says were compiled, by file name, each once. */
export function compiled({stdout}: Ran): readonly string[] {
  return [...new Set([...stdout.matchAll(/^SwiftCompile normal arm64 Compiling\\ (\S+)/gm)].map(([, name]) => name ?? ''))]
}
