/**
 * The job's environment for XcodeBuildMCP and for the tools it starts, which inherit it whole. What would steer XcodeBuildMCP itself
 * is taken out, whoever forwarded it.
 */
export function toolEnvironment(env: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const kept = Object.entries(env).filter(([name]) => !STEERING.test(name))
  return {...Object.fromEntries(kept), ...FIXED}
}

const STEERING = /^(?:XCODEBUILDMCP_|SENTRY_|INCREMENTAL_BUILDS_ENABLED$)/

const FIXED = {
  // Only the literal value turns telemetry off: with `1` it still reports.
  XCODEBUILDMCP_SENTRY_DISABLED: 'true',
  // Would download a script from the network.
  INCREMENTAL_BUILDS_ENABLED: 'false',
  XCODEBUILDMCP_DISABLE_XCODE_AUTO_SYNC: 'true',
  XCODEBUILDMCP_HEADLESS_LAUNCH: 'true',
} as const
