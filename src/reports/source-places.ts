/** A failure's file as the source tree calls it; what the tree does not know for certain stays as it is. */
export type SourcePlaces = (file: string, target: string | null) => string

/**
 * Swift Testing names a file without its folder. Where one file of the source has that name it is meant; where several have, the one below
 * a folder called like the test's target. `paths` is asked once, when the first such file comes.
 */
export function createSourcePlaces(paths: () => Iterable<string>): SourcePlaces {
  let byName: ReadonlyMap<string, readonly string[]> | null = null
  return (file, target) => {
    if (file === '' || file.includes('/')) return file
    byName ??= indexByName(paths())
    const known = byName.get(file) ?? []
    const [only, ...others] = known
    if (only !== undefined && others.length === 0) return only
    const [own, ...rivals] = target === null ? [] : known.filter((path) => path.split('/').slice(0, -1).includes(target))
    return own !== undefined && rivals.length === 0 ? own : file
  }
}

function indexByName(paths: Iterable<string>): ReadonlyMap<string, readonly string[]> {
  const byName = new Map<string, string[]>()
  for (const path of paths) {
    const name = path.slice(path.lastIndexOf('/') + 1)
    const known = byName.get(name)
    if (known === undefined) byName.set(name, [path])
    else known.push(path)
  }
  return byName
}
