import type {Output} from './output.ts'
import type {Phases} from './phases.ts'

type Package = {name: string; url: string | null; version: string | null}

const MAX_PACKAGES = 2000
const STARTED =
  /^(?:Resolve Package Graph|Resolving Package Graph|Fetching (?:from )?\S+:\/\/|Updating (?:from )?\S+:\/\/|Fetching from |Updating from )/

export interface PackageReader {
  line(line: string): boolean
  entry(line: string): void
  wantsEntries(): boolean
  failed(): void
  close(): void
  reset(): void
}

/** Reads what package resolution says: that it began, and what it chose. */
export function createPackageReader(output: Output, phases: Phases): PackageReader {
  let packages: Package[] | null = null
  let started = false

  const close = (): void => {
    if (packages === null) return
    const resolved = packages
    packages = null
    output.emit({type: 'package_resolution', state: 'resolved', packages: resolved})
  }

  return {
    line(line) {
      if (line.startsWith('Resolved source packages')) {
        close()
        packages = []
        return true
      }
      if (!STARTED.test(line)) return false
      if (!started) {
        started = true
        phases.begin('resolve_packages')
        output.emit({type: 'package_resolution', state: 'started', packages: []})
      }
      return true
    },
    entry(line) {
      const text = line.trim().replace(/^- /, '')
      const colon = text.indexOf(': ')
      if (colon < 1 || packages === null || packages.length >= MAX_PACKAGES) return
      const place = text.slice(colon + 2)
      const at = place.lastIndexOf(' @ ')
      packages.push({
        name: text.slice(0, colon),
        url: at === -1 ? place : place.slice(0, at),
        version: at === -1 ? null : place.slice(at + 3),
      })
    },
    wantsEntries: () => packages !== null,
    failed() {
      close()
      output.emit({type: 'package_resolution', state: 'failed', packages: []})
      if (phases.isActive('resolve_packages')) phases.complete('resolve_packages', 'failed')
    },
    close,
    reset() {
      close()
      started = false
    },
  }
}
