/**
 * Patterns for `source.include` or `source.excludes` that mean these files, none of which is in the snapshot: each by itself, or
 * the highest directory of which the snapshot holds nothing at all.
 * @param holds whether the snapshot holds anything below a directory (no trailing slash).
 */
export function patternsFor(paths: readonly string[], holds: (directory: string) => boolean): readonly string[] {
  return [...new Set(paths.map((path) => patternFor(path, holds)))].toSorted()
}

function patternFor(path: string, holds: (directory: string) => boolean): string {
  for (let end = path.indexOf('/'); end !== -1; end = path.indexOf('/', end + 1)) {
    const directory = path.slice(0, end)
    if (!holds(directory)) return `/${escape(directory)}/`
  }
  return `/${escape(path)}`
}

function escape(path: string): string {
  return path.replaceAll(/[*?[\\]| $/g, String.raw`\$&`)
}
