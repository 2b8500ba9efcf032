import {spawn} from 'node:child_process'

export interface ToolResult {
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  readonly stdout: string
  readonly stderr: string
  /** It did not end in time and was killed. */
  readonly timedOut: boolean
}

/**
 * Runs a short-lived tool and collects what it prints (at most 64 MiB unless told otherwise). Never throws for how the tool ends; rejects only when
 * it cannot be started. Always an argument list, never a shell string.
 */
export async function runTool(
  program: string,
  args: readonly string[],
  options: {
    readonly env: Readonly<Record<string, string>>
    readonly cwd?: string
    readonly timeoutMs: number
    readonly input?: string | Uint8Array
    readonly maxOutputBytes?: number
  },
): Promise<ToolResult> {
  const child = spawn(program, args, {
    env: {...options.env},
    ...(options.cwd === undefined ? {} : {cwd: options.cwd}),
    stdio: ['pipe', 'pipe', 'pipe'],
  })
  const out: Buffer[] = []
  const err: Buffer[] = []
  let size = 0
  let timedOut = false
  const collect = (into: Buffer[]) => (chunk: Buffer) => {
    size += chunk.length
    if (size <= (options.maxOutputBytes ?? MAX_OUTPUT_BYTES)) into.push(chunk)
    else child.kill('SIGKILL')
  }
  child.stdout.on('data', collect(out))
  child.stderr.on('data', collect(err))
  child.stdin.on('error', () => {
    // A tool may end without reading its input.
  })
  child.stdin.end(options.input)
  const timer = setTimeout(() => {
    timedOut = true
    child.kill('SIGKILL')
  }, options.timeoutMs)
  try {
    return await new Promise<ToolResult>((resolve, reject) => {
      child.on('error', reject)
      child.on('close', (code, signal) =>
        resolve({code, signal, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), timedOut}),
      )
    })
  } finally {
    clearTimeout(timer)
  }
}

const MAX_OUTPUT_BYTES = 64 * 1024 * 1024
