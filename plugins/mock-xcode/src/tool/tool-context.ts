import {existsSync, readdirSync} from 'node:fs'
import {dirname, join} from 'node:path'

/** What a tool gets: its words, where it was installed, and its surroundings. */
export interface ToolContext {
  readonly tool: string
  readonly argv: readonly string[]
  /** The folder that `installMockXcode` filled. */
  readonly home: string
  /** Of a tool inside an `Xcode.app`: its own developer directory. */
  readonly ownDeveloperDir?: string | undefined
  readonly cwd: string
  readonly env: Readonly<Record<string, string | undefined>>
  readonly output: ToolOutput
}

export interface ToolOutput {
  out(text: string): void
  err(text: string): void
  /** Resolves when everything written so far has left the process. */
  drained(): Promise<void>
}

/** `…/Xcode-mock.app/Contents/Developer`: the tool's own, else `DEVELOPER_DIR`, else the one installed beside the tool. */
export function developerDir({env, home, ownDeveloperDir}: Pick<ToolContext, 'env' | 'home' | 'ownDeveloperDir'>): string {
  if (ownDeveloperDir !== undefined) return ownDeveloperDir
  const chosen = env['DEVELOPER_DIR']
  if (chosen !== undefined && chosen !== '') return chosen.endsWith('.app') ? join(chosen, 'Contents/Developer') : chosen
  const usual = join(home, 'Xcode-mock.app')
  const other = existsSync(usual) || !existsSync(home) ? undefined : readdirSync(home).find((name) => /^Xcode.*\.app$/.test(name))
  return join(other === undefined ? usual : join(home, other), 'Contents/Developer')
}

export function homeDirectory({env}: Pick<ToolContext, 'env'>): string {
  return env['HOME'] ?? env['TMPDIR'] ?? dirname(process.execPath)
}

/** Runs a tool and gives its exit status. */
export type RunTool = (context: ToolContext) => number | Promise<number>
