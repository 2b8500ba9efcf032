/**
 * The one name of a repository's remote: host in lower case, then the path. Scheme, user, password, port, a trailing
 * `.git` and `/` are dropped; `git@host:org/repo.git` and `https://host:443/org/repo/` are the same. A path of the local
 * file system stays a path. Applying it twice changes nothing.
 */
export function normaliseOrigin(url: string): string {
  const scheme = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/([^/]*)(.*)$/s.exec(url)
  if (scheme !== null) return join(hostOf(scheme[1]!), scheme[2]!)
  // git's rule: a colon before the first slash makes it `[user@]host:path`; a bracketed host may hold colons itself.
  const scp = /^((?:[^/:]*@)?(?:\[[^/\]]*\]|[^/:[]+)):(.*)$/s.exec(url)
  if (scp !== null) return join(hostOf(scp[1]!), scp[2]!)
  return trimEnd(url)
}

function hostOf(authority: string): string {
  const host = authority.slice(authority.lastIndexOf('@') + 1)
  const bracketed = /^\[[^\]]*\]/.exec(host)
  return (bracketed?.[0] ?? host.replace(/:.*$/s, '')).toLowerCase()
}

function join(host: string, path: string): string {
  return trimEnd(`${host}/${path.replace(/^\/+/, '')}`)
}

function trimEnd(path: string): string {
  let end = path
  for (let next = cut(end); next !== end; next = cut(end)) end = next
  return end
}

function cut(path: string): string {
  if (path.length > 1 && path.endsWith('/')) return path.slice(0, -1)
  return path.length > 4 && path.endsWith('.git') ? path.slice(0, -4) : path
}
