import {posix} from 'node:path'
import type {Container} from '@rch/contract/kinds/xcodebuild'

/** Paths that belong to every snapshot in which they exist, whatever rules say: what the run is configured and pinned by. */
export function alwaysIncluded(container: Container | null): ReadonlySet<string> {
  return new Set(['.rch/xcode.toml', '.rchignore', ...(container === null ? [] : [packageResolved(container)])])
}

/** Where a container keeps the versions of its packages. */
export function packageResolved({type, path}: Container): string {
  return posix.join(path, PACKAGE_RESOLVED[type])
}

const PACKAGE_RESOLVED = {
  workspace: 'xcshareddata/swiftpm/Package.resolved',
  project: 'project.xcworkspace/xcshareddata/swiftpm/Package.resolved',
  package: 'Package.resolved',
} as const satisfies Record<Container['type'], string>
