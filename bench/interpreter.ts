import {spawnSync} from 'node:child_process'
import {closeSync, existsSync, mkdtempSync, openSync, readdirSync, readFileSync, readSync, realpathSync, rmSync, writeSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {createInterpreter} from '@rch/interpreter'
import {sharedData} from '../test/support/shared-data.ts'
import {compare, PAIRS} from './compare.ts'
import type {BenchRow} from './row.ts'

const BYTES = 100_000_000
const PROGRAM = '/error:/{e++} /warning:/{w++} /Test Case/{t++} END{print e, w, t}'

/** Reading 100 MB of log into events against one pass of awk with three patterns over the same file: half its throughput is enough. */
export async function interpreterRows(pairs = PAIRS): Promise<readonly BenchRow[]> {
  const base = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bench-interpreter-')))
  try {
    const file = join(base, 'big.log')
    const source = writeLog(file)
    const measured = await compare(
      () => readLog(file),
      () => runAwk('gawk', file),
      {pairs},
    )
    const conditions = `${source}, page cache warm, in process against a child process, LC_ALL=C.UTF-8; half of its throughput is 2×`
    return [{name: 'interpret 100 MB', against: 'gawk', bar: 2, ...measured, conditions}]
  } finally {
    rmSync(base, {recursive: true, force: true})
  }
}

function readLog(file: string): void {
  const interpreter = createInterpreter()
  const buffer = Buffer.alloc(1 << 18)
  const descriptor = openSync(file, 'r')
  for (;;) {
    const length = readSync(descriptor, buffer)
    if (length === 0) break
    interpreter.push(buffer.subarray(0, length))
  }
  interpreter.end()
  closeSync(descriptor)
}

function runAwk(awk: string, file: string): void {
  const {status} = spawnSync(awk, [PROGRAM, file], {env: {...process.env, LC_ALL: 'C.UTF-8'}})
  if (status !== 0) throw new Error(`${awk} ended with ${String(status)}`)
}

/** Real logs over and over where they are kept, else a build and test log of our own. */
function writeLog(file: string): string {
  const logs = sharedData === undefined ? undefined : join(sharedData, 'logs')
  const real = logs !== undefined && existsSync(logs) ? readdirSync(logs).filter((name) => name.endsWith('.log')) : []
  const piece = logs !== undefined && real.length > 0 ? Buffer.concat(real.map((name) => readFileSync(join(logs, name)))) : ownLog()
  const descriptor = openSync(file, 'w')
  for (let written = 0; written < BYTES; written += piece.length) writeSync(descriptor, piece)
  closeSync(descriptor)
  return real.length > 0 ? `${real.length} real logs repeated` : 'a made log'
}

function ownLog(): Buffer {
  const lines: string[] = []
  for (let file = 0; file < 2000; file += 1) {
    lines.push(
      `SwiftCompile normal arm64 Compiling\\ File${file}.swift /w/App/Sources/File${file}.swift (in target 'App' from project 'App')`,
      '    cd /w/App',
      `    /usr/bin/swift-frontend -c ${'/w/App/Sources/Other.swift '.repeat(40)}-o File${file}.o`,
      '',
      `Linting 'File${file}.swift' (${file}/2000)`,
    )
    if (file % 50 === 0) lines.push(`/w/App/Sources/File${file}.swift:12:5: warning: unused variable`, '    let x = 1', '        ^')
  }
  for (let test = 0; test < 2000; test += 1) {
    lines.push(
      `Test Case '-[AppTests.CartTests test${test}]' started.`,
      `Test Case '-[AppTests.CartTests test${test}]' passed (0.001 seconds).`,
    )
  }
  return Buffer.from(`${lines.join('\n')}\n`)
}
