/** Limits of a path in a source, in bytes and levels. */
export const PATH_LIMITS = {component: 255, path: 850, depth: 64} as const

/** Most names: nothing composes or folds in them beyond letters. */
const PRINTABLE_ASCII = /^[ -~]*$/

/** Two paths with the same key are one file on a case-insensitive, normalising APFS volume. */
export function collisionKey(path: string): string {
  if (PRINTABLE_ASCII.test(path)) return path.toLowerCase()
  return path.normalize('NFD').toLowerCase().toUpperCase().toLowerCase().normalize('NFD')
}

/** Most paths: plain words, none hidden, too short to break a limit. */
const ORDINARY = /^[A-Za-z0-9_+@ -][A-Za-z0-9_+@. -]*(?:\/[A-Za-z0-9_+@ -][A-Za-z0-9_+@. -]*)*$/
const SHORT = PATH_LIMITS.depth

/** Why a path is refused, or `undefined` when it is fine: relative, clean, printable, within the limits. */
export function pathProblem(path: string): string | undefined {
  if (path.length < SHORT && ORDINARY.test(path)) return undefined
  if (path === '') return 'empty'
  if (path.startsWith('/')) return 'absolute'
  if (!path.isWellFormed() || path.includes('\ufffd')) return 'not UTF-8'
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(path)) return 'control character'
  const components = path.split('/')
  if (components.length > PATH_LIMITS.depth) return `deeper than ${PATH_LIMITS.depth} levels`
  if (Buffer.byteLength(path) > PATH_LIMITS.path) return `longer than ${PATH_LIMITS.path} bytes`
  for (const component of components) {
    if (component === '') return 'empty component'
    if (component === '.' || component === '..') return 'dot component'
    // APFS counts the decomposed name.
    if (component.length * 12 > PATH_LIMITS.component && Buffer.byteLength(component.normalize('NFD')) > PATH_LIMITS.component)
      return `component longer than ${PATH_LIMITS.component} bytes`
  }
  return undefined
}

/** Whether a relative link at `path` stays inside the tree; decided by words alone, without following anything. */
export function linkStaysInside(path: string, target: string): boolean {
  if (target === '' || target.startsWith('/') || !target.isWellFormed()) return false
  // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
  if (/[\u0000-\u001f\u007f-\u009f]/.test(target)) return false
  let depth = path.split('/').length - 1
  for (const component of target.split('/')) {
    if (component === '' || component === '.') continue
    depth += component === '..' ? -1 : 1
    if (depth < 0) return false
  }
  return true
}
