import {closeSync, openSync, writeSync} from 'node:fs'
import {join} from 'node:path'
import {compare} from './compare.ts'
import {memory} from './fetch.ts'
import {RCH} from '../test/support/lab.ts'
import {harnessPids, instantLab, sshWords, streamed, watchMemory} from './lab.ts'
import type {AbsoluteRow, BenchRow} from './row.ts'

const BYTES = 100_000_000

/** A build that prints 100 MB, followed live, against cat of the same file through the same sshd. */
export async function logStreamRows(pairs: number): Promise<readonly (BenchRow | AbsoluteRow)[]> {
  const lab = await instantLab()
  try {
    const log = join(lab.dir, 'build.log')
    writeLog(log)
    const peaks = {host: 0, harness: 0}
    const build = ['xcode', 'run', '--drop-in', '--', 'xcodebuild', 'build', '-scheme', 'HelloKit', '-destination', 'platform=macOS']
    const measured = await compare(
      async () => {
        const harness = watchMemory(() => harnessPids(lab))
        const {ms, peak} = await streamed(lab, process.execPath, [RCH, ...build])
        peaks.host = Math.max(peaks.host, peak)
        peaks.harness = Math.max(peaks.harness, harness.stop())
        return {ms}
      },
      () => streamed(lab, 'ssh', sshWords(lab, `cat ${log}`)),
      {pairs},
    )
    const conditions =
      'the time from the first to the last byte that arrives, through a pipe; ours is live: meanwhile the worker keeps the log and reads it into events; half the throughput is 2×'
    return [{name: 'log streaming, 100 MB', against: 'ssh host cat', bar: 2, ...measured, conditions}, ...memory('100 MB of log', peaks)]
  } finally {
    await lab.stop()
  }
}

function writeLog(file: string): void {
  const lines: string[] = []
  for (let unit = 0; unit < 1000; unit += 1) {
    lines.push(
      `SwiftCompile normal arm64 Compiling\\ File${unit}.swift /w/App/Sources/File${unit}.swift (in target 'App' from project 'App')`,
      '    cd /w/App',
      `    /usr/bin/swift-frontend -c ${'/w/App/Sources/Other.swift '.repeat(40)}-o File${unit}.o`,
      '',
    )
  }
  const piece = Buffer.from(`${lines.join('\n')}\n`)
  const descriptor = openSync(file, 'w')
  for (let written = 0; written < BYTES; written += piece.length) writeSync(descriptor, piece)
  writeSync(descriptor, '** BUILD SUCCEEDED **\n')
  closeSync(descriptor)
}
