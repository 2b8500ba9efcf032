import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'

/** The text of a file, undefined when there is none. */
export function readIfThere(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    return undefined
  }
}

/** Paths below `directory`, sorted, hidden entries left out; empty when there is no such folder. */
export function filesBelow(directory: string): readonly string[] {
  let entries
  try {
    entries = readdirSync(directory, {withFileTypes: true})
  } catch {
    return []
  }
  return entries
    .filter(({name}) => !name.startsWith('.'))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .flatMap((entry) => {
      const path = join(directory, entry.name)
      if (!entry.isDirectory()) return [path]
      return /\.(?:xcassets|xcdatamodeld|bundle|xcframework|xcodeproj|docc)$/.test(entry.name) ? [path] : filesBelow(path)
    })
}
