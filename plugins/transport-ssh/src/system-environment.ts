const PASSED = ['PATH', 'HOME', 'USER', 'LOGNAME', 'TMPDIR', 'SSH_AUTH_SOCK', 'SSH_SK_PROVIDER']

/** What the system's client sees of this shell: it needs its agent and its home; nothing else is its business. */
export function clientEnvironment(): Record<string, string> {
  return Object.fromEntries(PASSED.flatMap((name) => (process.env[name] === undefined ? [] : [[name, process.env[name]]])))
}
