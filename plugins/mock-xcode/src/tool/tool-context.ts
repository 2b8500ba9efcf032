import {dirname, join} from 'node:path'

/** What a tool gets: its words, where it was installed, and its surroundings. */
export interface ToolContext {
  readonly tool: string
  readonly argv: readonly string[]
  /** The folder that `installMockXcode` filled. */
  readonly home: string
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

/** `…/Xcode-mock.app/Contents/Developer`: `DEVELOPER_DIR` when it names a mock, else the installed one. */
export function developerDir({env, home}: Pick<ToolContext, 'env' | 'home'>): string {
  const chosen = env['DEVELOPER_DIR']
  if (chosen !== undefined && chosen !== '') return chosen.endsWith('.app') ? join(chosen, 'Contents/Developer') : chosen
  return join(home, 'Xcode-mock.app/Contents/Developer')
}

export function homeDirectory({env}: Pick<ToolContext, 'env'>): string {
  return env['HOME'] ?? env['TMPDIR'] ?? dirname(process.execPath)
}
