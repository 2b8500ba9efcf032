import {spawn} from 'node:child_process'
import {RchError} from '@rch/contract'

/**
 * Runs git in `cwd` and returns its standard output.
 *
 * The environment carries no `GIT_*` variable of the caller. Nothing that a repository's own configuration names is run: the
 * file-system monitor and hooks are off, optional locks (and with them `post-index-change`) are off, no protocol may fetch a
 * missing object. Filter drivers are the caller's business (see `foreignFilters`).
 *
 * @throws RchError `vcs_unavailable` when git cannot be started or ends with a code outside `allowedExits`.
 */
export function runGit(cwd: string, args: readonly string[], options: RunGitOptions = {}): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const child = spawn('git', [...SAFE_FLAGS, ...args], {
      cwd,
      env: gitEnvironment(),
      stdio: [options.input === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
      ...(options.signal === undefined ? {} : {signal: options.signal}),
    })
    const out: Buffer[] = []
    let complaint = ''
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk))
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < 4096) complaint += chunk.toString()
    })
    child.on('error', (error) => {
      reject(options.signal?.aborted === true ? options.signal.reason : unavailable(cwd, `git cannot be started (${error.message})`))
    })
    child.on('close', (code, signal) => {
      if (code !== null && (options.allowedExits ?? [0]).includes(code)) {
        options.onComplaint?.(complaint)
        resolve(out.length === 1 ? (out[0] ?? NOTHING) : Buffer.concat(out))
      } else reject(unavailable(cwd, complaint.trim() || `git ${args[0] ?? ''} ended with ${code ?? signal}`))
    })
    // A child that ends early closes its end; its exit code tells why.
    child.stdin?.on('error', () => {})
    child.stdin?.end(options.input)
  })
}

export interface RunGitOptions {
  readonly input?: string | Uint8Array
  readonly signal?: AbortSignal | undefined
  readonly allowedExits?: readonly number[]
  /** Gets what git wrote to its standard error (its beginning) although it ended well. */
  readonly onComplaint?: (text: string) => void
}

const NOTHING = Buffer.alloc(0)
const SAFE_FLAGS = ['-c', 'core.fsmonitor=false', '-c', 'core.hooksPath=/dev/null', '--no-optional-locks'] as const

function gitEnvironment(): NodeJS.ProcessEnv {
  const environment: NodeJS.ProcessEnv = {}
  for (const [name, value] of Object.entries(process.env)) {
    if (!name.startsWith('GIT_')) environment[name] = value
  }
  return {
    ...environment,
    LC_ALL: 'C',
    GIT_OPTIONAL_LOCKS: '0',
    GIT_TERMINAL_PROMPT: '0',
    GIT_NO_LAZY_FETCH: '1',
    // Overrides every protocol.*.allow of the repository; `none` is no protocol.
    GIT_ALLOW_PROTOCOL: 'none',
  }
}

export function unavailable(path: string, problem: string): RchError {
  return new RchError('vcs_unavailable', undefined, {data: {path, problem}})
}
