import {spawn, type ChildProcessWithoutNullStreams} from 'node:child_process'
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {homedir, tmpdir} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'
import {ConnectFailure} from './connect-retries.ts'
import type {ConnectorInput} from './connector.ts'
import type {HostKey} from './host-key.ts'
import {clientEnvironment} from './system-environment.ts'
import {knownHostsScript, systemConfig} from './system-config.ts'

const POLL_MS = 15
const STOP_GRACE_MS = 2000

/**
 * Runs the client, and ends it when its own input ends, which is when this process closes it or dies: a connection must not
 * outlive whoever made it. `$0` is the directory that belongs to the connection; `over` in it keeps an id that may belong to
 * another process by now from being signalled. What the worker showed is printed, because Node closes the input as soon as the
 * shell ends, and with that the directory goes.
 */
const WATCHED = `exec 3<&0
"$@" </dev/null 3<&- &
client=$!
{ cat; [ -e "$0/over" ] || kill "$client"; rm -rf "$0"; } <&3 >/dev/null 2>&1 3<&- &
exec 3<&-
wait "$client"
: >"$0/over"
cat "$0/shown" 2>/dev/null`

/** One `ssh -N` that holds a connection, in a private directory with all that it and its channels read. */
export class SystemMaster {
  readonly #input: ConnectorInput
  readonly #dir: string
  readonly #child: ChildProcessWithoutNullStreams
  readonly #gone: Promise<void>
  #said = ''
  #alive = true
  #printed = ''

  /** @param expected the fingerprint to accept, `null` for none. @param authorities known_hosts lines of the worker's CA. */
  constructor(input: ConnectorInput, expected: string | null, authorities: string) {
    this.#input = input
    const {target, settings, options} = input
    const dir = mkdtempSync(join(tmpdir(), 'rch-ssh-'))
    this.#dir = dir
    const connectTimeoutSeconds = Math.max(1, Math.ceil(options.connectTimeoutMs / 1000))
    const userKnownHosts = join(homedir(), '.ssh/known_hosts')
    this.#write('config', systemConfig({target, settings, dir, connectTimeoutSeconds, userKnownHosts}))
    this.#write('known_hosts', authorities)
    this.#write('known-hosts.sh', knownHostsScript(dir, expected))
    const words = [settings.program, '-o', 'ControlMaster=yes', '-N', '-T', ...this.words([])]
    this.#child = spawn('/bin/sh', ['-c', WATCHED, dir, ...words], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: clientEnvironment(),
      detached: true,
    })
    this.#child.stdin.on('error', () => {})
    this.#child.on('error', (error) => (this.#said = error.message))
    this.#child.stderr.on('data', (chunk: Uint8Array) => (this.#said = `${this.#said}${Buffer.from(chunk).toString('utf8')}`.slice(-8192)))
    this.#child.stdout.on('data', (chunk: Uint8Array) => (this.#printed += Buffer.from(chunk).toString('utf8')))
    this.#gone = new Promise((resolve) => {
      const over = (): void => {
        this.#alive = false
        // Now everything of this connection is removed.
        this.#child.stdin.end()
        resolve()
      }
      this.#child.once('close', over)
      // A jump's own client may hold the output for a moment longer.
      this.#child.once('exit', () => setTimeout(over, 500).unref())
    })
  }

  get alive(): boolean {
    return this.#alive && existsSync(this.#socket)
  }

  /** The words of a further client on this connection. */
  words(command: readonly string[]): readonly string[] {
    const {user, host} = this.#input.target
    return ['-F', join(this.#dir, 'config'), '-l', user, '--', host, ...command]
  }

  /**
   * `null` once channels can be opened, which is after authentication; else what the client said when it ended.
   * @throws ConnectFailure when the limit came first.
   */
  async ready(limit: AbortSignal): Promise<string | null> {
    while (!existsSync(this.#socket)) {
      if (!this.#alive) return this.#said
      if (limit.aborted) {
        await this.stop()
        throw new ConnectFailure(`no connection in time${this.#said === '' ? '' : ` (${this.#said.trim()})`}`, false, limit.reason)
      }
      await sleep(POLL_MS)
    }
    return null
  }

  /** Asks the client whether its connection still stands. */
  async answers(): Promise<boolean> {
    const check = spawn(this.#input.settings.program, ['-O', 'check', ...this.words([])], {stdio: 'ignore', env: clientEnvironment()})
    const status = await new Promise<number | null>((resolve) => {
      check.once('error', () => resolve(null))
      check.once('exit', resolve)
    })
    return status === 0 && this.alive
  }

  /** The host key that the worker showed, `null` when it came to none. */
  shown(): HostKey | null {
    return readHostKey(this.#alive ? this.#readShown() : this.#printed)
  }

  /** Ends the connection and removes what belongs to it. */
  async stop(): Promise<void> {
    this.#child.stdin.end()
    const timer = setTimeout(() => this.#killGroup(), STOP_GRACE_MS)
    await this.#gone
    clearTimeout(timer)
    rmSync(this.#dir, {recursive: true, force: true})
  }

  get #socket(): string {
    return join(this.#dir, 'c')
  }

  #readShown(): string {
    try {
      return readFileSync(join(this.#dir, 'shown'), 'utf8')
    } catch {
      return ''
    }
  }

  #killGroup(): void {
    const {pid, exitCode, signalCode} = this.#child
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, 'SIGKILL')
  }

  #write(name: string, text: string): void {
    writeFileSync(join(this.#dir, name), text, {mode: 0o600})
  }
}

/** `<type> <fingerprint> <key>`, as the program behind KnownHostsCommand notes it. */
function readHostKey(line: string): HostKey | null {
  const [type, fingerprint] = line.split(' ')
  return type === undefined || fingerprint === undefined ? null : {type, fingerprint}
}
