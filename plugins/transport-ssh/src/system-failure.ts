/** What the system's client meant by its exit. */
export type SystemFailure =
  | {readonly kind: 'auth'}
  | {readonly kind: 'host_key'; readonly problem: string}
  | {readonly kind: 'connect'; readonly problem: string; readonly again: boolean}

/** Reads the client's stderr; its exit status is 255 for all of these. Pure. */
export function readSystemFailure(stderr: string): SystemFailure {
  const lines = stderr.split('\n').map((line) => line.trim())
  const last = lines.findLast((line) => line !== '') ?? 'it said nothing'
  const certificate = lines.find((line) =>
    /Certificate invalid|CA key|not a listed principal|REVOKED HOST KEY|Host certificate/i.test(line),
  )
  if (certificate !== undefined) return {kind: 'host_key', problem: certificate}
  if (/Host key verification failed|No .* host key is known|REMOTE HOST IDENTIFICATION HAS CHANGED/.test(stderr)) {
    return {kind: 'host_key', problem: lines.find((line) => /host key|IDENTIFICATION/i.test(line)) ?? last}
  }
  if (/Permission denied \(|Too many authentication failures|no mutual signature/.test(stderr)) return {kind: 'auth'}
  const again = !/Could not resolve hostname|no matching|Bad configuration|not supported|Unable to negotiate|not found|No such file/i.test(
    stderr,
  )
  return {kind: 'connect', problem: last, again}
}
