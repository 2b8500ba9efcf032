import {spawn} from 'node:child_process'
import {existsSync, mkdirSync, renameSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import type {BackendExit, BackendIo, Invocation} from '@rch/contract'
import {concludeCall} from './conclude.ts'
import {followLog, type FollowedLog} from './follow-log.ts'
import {mergeBundles} from './merge-bundles.ts'
import {writePackageWorkspace} from './package-workspace.ts'
import {readEnvelope, type Envelope} from './read-envelope.ts'
import {logsFolder, sweepLogs, sweepOrphans, sweepTemporaryData} from './storage.ts'
import {isToolInvocation, type ToolInvocation} from './tool-call.ts'
import {VerdictWatch} from './verdict-watch.ts'

const MAX_ANSWER_BYTES = 64 * 1024 * 1024
const COMPLAINT_BYTES = 4096

/**
 * Makes one call and hands on xcodebuild's output while it grows, from the log that the tool keeps. The tool leads a group of its own,
 * which the caller ends: nothing else stops an xcodebuild that the tool started.
 */
export async function execute(invocation: Invocation, io: BackendIo, signal: AbortSignal): Promise<BackendExit> {
  if (!isToolInvocation(invocation)) throw new TypeError('the invocation is not one that this backend planned')
  prepare(invocation)
  const home = invocation.env['HOME'] ?? '/var/empty'
  const logs = logsFolder(home, invocation.cwd)
  sweepOrphans(logs)
  const watch = new VerdictWatch()
  const ended = await call(invocation, io, signal, logs, (bytes) => {
    watch.add(bytes)
    io.output(bytes, 'stdout')
  })
  const {mergeInto, resultBundle, leaves} = invocation.around
  if (mergeInto !== null && !signal.aborted) await mergeBundles(mergeInto.program, mergeInto.aside, resultBundle, invocation.env, io)
  for (const path of leaves) rmSync(path, {recursive: true, force: true})
  sweepTemporaryData(home, Date.now())
  return concludeCall({...ended, log: watch})
}

/** What must be so before the call: nothing of a repository steers the tool, and no bundle stands in xcodebuild's way. */
function prepare({cwd, around}: ToolInvocation): void {
  mkdirSync(cwd, {recursive: true, mode: 0o700})
  rmSync(join(cwd, '.xcodebuildmcp'), {recursive: true, force: true})
  if (around.wrap !== null) writePackageWorkspace(around.wrap.workspace, around.wrap.package)
  if (around.mergeInto !== null && existsSync(around.resultBundle)) renameSync(around.resultBundle, around.mergeInto.aside)
}

async function call(
  invocation: ToolInvocation,
  io: BackendIo,
  signal: AbortSignal,
  logs: string,
  onLog: (bytes: Uint8Array) => void,
): Promise<Omit<Parameters<typeof concludeCall>[0], 'log'>> {
  const [program = '', ...words] = invocation.argv
  const child = spawn(program, words, {
    cwd: invocation.cwd,
    env: {...invocation.env},
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  const answer: Buffer[] = []
  let size = 0
  let complaint = Buffer.alloc(0)
  child.stdout.on('data', (chunk: Buffer) => {
    size += chunk.length
    if (size <= MAX_ANSWER_BYTES) answer.push(chunk)
  })
  child.stderr.on('data', (chunk: Buffer) => {
    complaint = Buffer.concat([complaint, chunk]).subarray(-COMPLAINT_BYTES)
  })
  // A survivor may hold the pipes open after the tool ended; once the caller has given up on the job nobody waits for it.
  const stop = (): void => {
    child.stdout.destroy()
    child.stderr.destroy()
  }
  signal.addEventListener('abort', stop, {once: true})
  let followed: FollowedLog | null = null
  try {
    const [code, term] = await new Promise<[number | null, string | null]>((resolve, reject) => {
      child.on('error', reject)
      child.on('spawn', () => {
        if (child.pid === undefined) return
        followed = followLog(logs, child.pid, onLog)
        io.started({pid: child.pid, waits: true})
      })
      child.on('close', (...how) => resolve(how))
    })
    // An answer that is too long to read says by its exit status what matters.
    const envelope: Envelope | null =
      size > MAX_ANSWER_BYTES ? {kind: 'ran', succeeded: code === 0, log: null, raw: []} : readEnvelope(Buffer.concat(answer))
    await finish(followed, envelope?.kind === 'ran' ? expandHome(envelope.log, invocation.env) : null)
    return {code, signal: term, envelope, complaint: complaint.toString().trim()}
  } finally {
    signal.removeEventListener('abort', stop)
    if (child.pid !== undefined) sweepLogs(logs, child.pid)
  }
}

async function finish(followed: FollowedLog | null, fallback: string | null): Promise<void> {
  await followed?.finish(fallback !== null && existsSync(fallback) ? fallback : null)
}

/** The tool shortens paths below HOME. */
function expandHome(path: string | null, env: Readonly<Record<string, string>>): string | null {
  return path !== null && path.startsWith('~/') ? join(env['HOME'] ?? '', path.slice(2)) : path
}
