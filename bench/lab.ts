import {spawn, spawnSync} from 'node:child_process'
import {chmodSync, existsSync, readdirSync, readFileSync, renameSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import type {Measured} from './compare.ts'
import {createLab, RCH, type Lab, type LabOptions} from '../test/support/lab.ts'

/**
 * A host and a worker behind an sshd of its own whose Xcode takes no time: every question that mock Xcode was asked once is answered
 * from a file, and a build prints `build.log` of the lab's folder, or its last line alone, and leaves a copy of `bundle` where there
 * is one. What remains is the lane's own.
 */
export async function instantLab(options: LabOptions = {}): Promise<Lab> {
  const lab = await createLab({sample: 'HelloKit', jump: true, ...options})
  const xcode = join(lab.dir, 'xcode')
  for (const bin of [join(xcode, 'bin'), join(xcode, 'Xcode-mock.app/Contents/Developer/usr/bin')]) {
    for (const tool of readdirSync(bin)) remember(join(bin, tool), lab.dir)
  }
  return lab
}

/** Runs the shipped `rch`, its output thrown away; answers the largest memory it needed, in bytes, where the system tells. */
export async function rchQuietly(lab: Lab, args: readonly string[]): Promise<number> {
  const child = spawn(process.execPath, [RCH, ...args], {cwd: lab.project, env: lab.env, stdio: ['ignore', 'ignore', 'pipe']})
  let said = ''
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-4000)
  })
  const watch = watchMemory(() => [child.pid ?? 0])
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  if (code !== 0) throw new Error(`rch ${args.join(' ')} ended with ${String(code)}: ${said}`)
  return watch.stop()
}

/** Runs a program whose output is read; answers the time from its first to its last byte, and the largest memory it needed. */
export async function streamed(lab: Lab, program: string, args: readonly string[]): Promise<Measured & {readonly peak: number}> {
  const child = spawn(program, args, {cwd: lab.project, env: lab.env, stdio: ['ignore', 'pipe', 'pipe']})
  const watch = watchMemory(() => [child.pid ?? 0])
  let said = ''
  let first = 0
  let last = 0
  child.stdout.on('data', () => {
    last = performance.now()
    first ||= last
  })
  child.stderr.on('data', (chunk: Buffer) => {
    said = `${said}${chunk.toString()}`.slice(-4000)
  })
  const code = await new Promise<number | null>((resolve) => child.on('close', resolve))
  const peak = watch.stop()
  if (code !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${String(code)}: ${said}`)
  return {ms: last - first, peak}
}

/** The words of `ssh` that run a command on the lab's worker with the system's own client. */
export function sshWords(lab: Lab, command: string): readonly string[] {
  return [...sshOptions(lab), `${sshd(lab).user}@${sshd(lab).host}`, command]
}

/** The largest resident size that any of some processes had, sampled; 0 where there is no `/proc`. */
export function watchMemory(pids: () => readonly number[]): {stop(): number} {
  let peak = 0
  const look = (): void => {
    for (const pid of pids()) peak = Math.max(peak, residentBytes(pid))
  }
  const timer = setInterval(look, 50)
  return {
    stop: () => {
      clearInterval(timer)
      return peak
    },
  }
}

/** The harness processes of a lab's worker. */
export function harnessPids(lab: Lab): readonly number[] {
  if (!existsSync('/proc/self/cmdline')) return []
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandOf(name).includes(`--config=${lab.workers[0]?.config}`))
    .map(Number)
}

/** A command on the lab's worker through the same sshd with the system's own client. */
export function ssh(lab: Lab, command: string): void {
  run('ssh', sshWords(lab, command))
}

/** `rsync -a` of a folder on the worker to one here. */
export function rsyncHome(lab: Lab, from: string, to: string): void {
  run('rsync', ['-a', '-e', ['ssh', ...sshOptions(lab)].join(' '), `${sshd(lab).user}@${sshd(lab).host}:${from}/`, `${to}/`])
}

function sshd(lab: Lab) {
  const found = lab.workers[0]?.sshd
  if (found == null) throw new Error('the lab has no sshd')
  return found
}

function sshOptions(lab: Lab): readonly string[] {
  const options = ['StrictHostKeyChecking=no', 'UserKnownHostsFile=/dev/null', 'LogLevel=ERROR', 'IdentitiesOnly=yes']
  return ['-F', 'none', '-i', sshd(lab).keys.jump, '-p', String(sshd(lab).port), ...options.flatMap((option) => ['-o', option])]
}

function run(command: string, args: readonly string[]): void {
  const {status, stderr} = spawnSync(command, args, {stdio: ['ignore', 'ignore', 'pipe'], encoding: 'utf8'})
  if (status !== 0) throw new Error(`${command} ended with ${String(status)}: ${stderr}`)
}

function residentBytes(pid: number): number {
  return Number(/VmHWM:\s+(\d+)/.exec(readProc(pid, 'status'))?.[1] ?? 0) * 1024
}

function commandOf(pid: string): readonly string[] {
  return readProc(Number(pid), 'cmdline').split('\0')
}

/** Empty for a process that has ended. */
function readProc(pid: number, name: string): string {
  try {
    return readFileSync(`/proc/${pid}/${name}`, 'utf8')
  } catch {
    return ''
  }
}

function remember(tool: string, home: string): void {
  const slow = `${tool}.slow`
  renameSync(tool, slow)
  writeFileSync(tool, REMEMBERING.replaceAll('@SLOW@', slow).replaceAll('@HOME@', home))
  chmodSync(tool, 0o755)
}

const REMEMBERING = `#!/bin/sh
case " $* " in
  *" build "*)
    bundle=
    for word; do [ "$before" = -resultBundlePath ] && bundle=$word; before=$word; done
    if [ -n "$bundle" ] && [ -d '@HOME@/bundle' ]; then cp -R '@HOME@/bundle' "$bundle"; fi
    if [ -f '@HOME@/build.log' ]; then exec cat '@HOME@/build.log'; fi
    echo '** BUILD SUCCEEDED **'
    exit 0 ;;
esac
said="@SLOW@.$(printf %s "$*" | tr '/ ' '::')"
if [ -f "$said" ]; then exec cat "$said"; fi
'@SLOW@' "$@" >"$said.new"
status=$?
[ $status -eq 0 ] && mv "$said.new" "$said" && exec cat "$said"
cat "$said.new"
exit $status
`
