import {execFileSync, spawn, spawnSync, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {createServer} from 'node:net'
import {chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir, userInfo} from 'node:os'
import {join} from 'node:path'
import {setTimeout as sleep} from 'node:timers/promises'

export interface SshdOptions {
  /** The forced command up to `--forced=`: program and first words, absolute. */
  readonly harness: readonly string[]
  /** The owner in `--forced=<role>:<owner>`. */
  readonly owner?: string
  /** Variables that the harness's line sets, such as `RCH_WORKER_CONFIG`. */
  readonly env?: Readonly<Record<string, string>>
  /** Signs the host key with a CA; names are the certificate's principals, validity as ssh-keygen's -V takes it. */
  readonly hostCertificate?: {readonly names: readonly string[]; readonly validity?: string}
  /** Further lines of sshd_config. */
  readonly config?: readonly string[]
  /** A key without forced command that may forward, for use as a jump host. */
  readonly jump?: boolean
}

/** A real sshd on a free loopback port, with keys of its own. */
export interface Sshd {
  readonly host: string
  readonly port: number
  readonly user: string
  readonly keys: {readonly run: string; readonly stage: string; readonly fetch: string; readonly jump: string; readonly stranger: string}
  /** `SHA256:…` of the host key. */
  readonly fingerprint: string
  /** The host key's public line, as known_hosts wants it after the name. */
  readonly hostKey: string
  /** The public key of the CA that signed the host key. */
  readonly ca: string
  readonly dir: string
  readonly logFile: string
  log(): string
  /** Ends the listener; its sessions end with their connections. */
  stop(): Promise<void>
}

/** The tools that a private sshd needs and where Debian has them. */
const NEEDED = [
  {tool: 'sshd', package: 'openssh-server'},
  {tool: 'ssh', package: 'openssh-client'},
  {tool: 'ssh-keygen', package: 'openssh-client'},
] as const

/** Why no sshd can be started here, naming the package that is missing; `null` when one can. For `describe.skipIf`. */
export function sshdMissing(): string | null {
  const missing = NEEDED.filter(({tool}) => findTool(tool) === null)
  if (missing.length === 0) return null
  const packages = [...new Set(missing.map((need) => need.package))]
  return `${missing.map(({tool}) => tool).join(', ')} not found: apt-get install ${packages.join(' ')}`
}

/** Starts it and waits until it answers. Stop it in `afterAll`. */
export async function startSshd(options: SshdOptions): Promise<Sshd> {
  const problem = sshdMissing()
  if (problem !== null) throw new Error(problem)
  const dir = mkdtempSync(join(tmpdir(), 'rch-sshd-'))
  const port = await freePort()
  const names = ['host', 'ca', 'run', 'stage', 'fetch', 'jump', 'stranger'] as const
  for (const name of names) makeKey(join(dir, name))
  const certificate = options.hostCertificate === undefined ? null : signHostKey(dir, options.hostCertificate)
  writeFileSync(join(dir, 'authorized_keys'), authorizedKeys(dir, options), {mode: 0o600})
  const logFile = join(dir, 'sshd.log')
  writeFileSync(join(dir, 'sshd_config'), sshdConfig(dir, port, certificate, options))
  const child = await launch(dir, logFile, port)
  return {
    host: '127.0.0.1',
    port,
    user: userInfo().username,
    keys: {
      run: join(dir, 'run'),
      stage: join(dir, 'stage'),
      fetch: join(dir, 'fetch'),
      jump: join(dir, 'jump'),
      stranger: join(dir, 'stranger'),
    },
    fingerprint: fingerprintOf(join(dir, 'host.pub')),
    hostKey: readFileSync(join(dir, 'host.pub'), 'utf8').trim(),
    ca: join(dir, 'ca.pub'),
    dir,
    logFile,
    log: () => readFileSync(logFile, 'utf8'),
    stop: async () => {
      await stopWatched(child)
      rmSync(dir, {recursive: true, force: true})
    },
  }
}

/** `SHA256:…` of a public key file. */
export function fingerprintOf(publicKey: string): string {
  return execFileSync(tool('ssh-keygen'), ['-l', '-E', 'sha256', '-f', publicKey], {encoding: 'utf8'}).split(' ')[1] ?? ''
}

/** An unencrypted Ed25519 key pair. */
export function makeKey(path: string, passphrase = ''): void {
  execFileSync(tool('ssh-keygen'), ['-q', '-t', 'ed25519', '-N', passphrase, '-C', 'test', '-f', path])
  chmodSync(path, 0o600)
}

function signHostKey(dir: string, {names, validity}: NonNullable<SshdOptions['hostCertificate']>): string {
  const words = ['-q', '-s', join(dir, 'ca'), '-I', 'test-host', '-h', '-n', names.join(',')]
  execFileSync(tool('ssh-keygen'), [...words, ...(validity === undefined ? [] : ['-V', validity]), join(dir, 'host.pub')])
  return join(dir, 'host-cert.pub')
}

function authorizedKeys(dir: string, {harness, owner = 'test', env = {}, jump}: SshdOptions): string {
  const assignments = Object.entries(env).map(([name, value]) => `${name}=${shellWord(value)}`)
  const words = harness.map(shellWord)
  const lines = (['run', 'stage', 'fetch'] as const).map((role) => {
    const command = [...assignments, ...words, `--forced=${role}:${owner}`].join(' ')
    return `restrict,command="${command.replaceAll('"', '\\"')}" ${publicKey(dir, role)}`
  })
  if (jump === true) lines.push(`restrict,port-forwarding ${publicKey(dir, 'jump')}`)
  return `${lines.join('\n')}\n`
}

function publicKey(dir: string, name: string): string {
  return readFileSync(join(dir, `${name}.pub`), 'utf8').trim()
}

function sshdConfig(dir: string, port: number, certificate: string | null, options: SshdOptions): string {
  return [
    `Port ${port}`,
    'ListenAddress 127.0.0.1',
    `HostKey ${join(dir, 'host')}`,
    ...(certificate === null ? [] : [`HostCertificate ${certificate}`]),
    `AuthorizedKeysFile ${join(dir, 'authorized_keys')}`,
    `PidFile ${join(dir, 'sshd.pid')}`,
    'StrictModes no',
    'UsePAM no',
    'UseDNS no',
    'PasswordAuthentication no',
    'KbdInteractiveAuthentication no',
    'PermitRootLogin yes',
    'LogLevel VERBOSE',
    // Tests fail to authenticate on purpose; newer servers would then turn this address away.
    ...(opensshVersion() >= 9.8 ? ['PerSourcePenalties no'] : []),
    ...(options.config ?? []),
    '',
  ].join('\n')
}

function opensshVersion(): number {
  const {stderr} = spawnSync(tool('ssh'), ['-V'], {encoding: 'utf8'})
  return Number(/OpenSSH_(\d+\.\d+)/.exec(stderr)?.[1] ?? 0)
}

async function launch(dir: string, logFile: string, port: number): Promise<ChildProcess> {
  // Debian's sshd wants its privilege separation directory, which is made by the service that does not run here.
  if (userInfo().uid === 0 && process.platform === 'linux') mkdirSync('/run/sshd', {recursive: true, mode: 0o755})
  const words = [tool('sshd'), '-D', '-f', join(dir, 'sshd_config'), '-E', logFile]
  const child = spawn('/bin/sh', ['-c', WATCHED, 'sh', ...words], {detached: true, stdio: ['pipe', 'ignore', 'ignore']})
  // sshd logs this line once it can be connected to; probing the port would count against this address.
  for (
    let waited = 0;
    !(existsSync(logFile) && readFileSync(logFile, 'utf8').includes(`listening on 127.0.0.1 port ${port}`));
    waited += 10
  ) {
    if (child.exitCode !== null || waited > 10_000) {
      await stopWatched(child)
      throw new Error(`sshd did not start: ${existsSync(logFile) ? readFileSync(logFile, 'utf8') : 'no log'}`)
    }
    await sleep(10)
  }
  return child
}

/** Runs the listener, and ends it when its own input ends: it must not outlive the tests, however they end. */
const WATCHED = 'exec 3<&0; "$@" </dev/null 3<&- & cat <&3; kill $!; wait'

/** The sessions that the listener forked end with their connections. */
async function stopWatched(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = once(child, 'exit')
  child.stdin?.end()
  await exited
}

async function freePort(): Promise<number> {
  const server = createServer()
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  await once(server, 'close')
  if (typeof address !== 'object' || address === null) throw new Error('no port')
  return address.port
}

function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", `'\\''`)}'`
}

function tool(name: (typeof NEEDED)[number]['tool']): string {
  const path = findTool(name)
  if (path === null) throw new Error(sshdMissing() ?? `${name} not found`)
  return path
}

/** sshd must be started by its absolute path; its directories are often not on a user's PATH. */
function findTool(name: string): string | null {
  const places = [...(process.env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin', '/usr/bin']
  return places.map((place) => join(place, name)).find((path) => existsSync(path)) ?? null
}
