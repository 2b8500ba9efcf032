import {RchError} from '@rch/contract'
import {compareVersions, satisfies} from './version.ts'

export interface XcodeOffer {
  readonly version: string
  readonly build: string
  readonly path: string
  readonly developer_dir: string
}

export interface XcodeWish {
  readonly path: string | null
  readonly require_version: string | null
  readonly require_build: string | null
}

/**
 * The Xcode a job runs on: the exact build, else the version, else the highest version (then build) of the range. Throws
 * `xcode_not_found` when there is none at all, `xcode_version_mismatch` when none fits; both name what the worker has.
 */
export function chooseXcode<X extends XcodeOffer>(offers: readonly X[], wish: XcodeWish): X {
  const have = offers.map((xcode) => `${xcode.version} (${xcode.build})`).join(', ') || 'none'
  const here = wish.path === null ? offers : offers.filter((xcode) => xcode.path === wish.path || xcode.developer_dir === wish.path)
  if (here.length === 0) throw new RchError('xcode_not_found', undefined, {data: {have, ...(wish.path === null ? {} : {path: wish.path})}})
  const fitting = here.filter(
    (xcode) =>
      (wish.require_build === null || xcode.build === wish.require_build) &&
      (wish.require_version === null || satisfies(xcode.version, wish.require_version)),
  )
  const [best] = fitting.toSorted((a, b) => compareVersions(b.version, a.version) || (a.build < b.build ? 1 : -1))
  if (best === undefined) {
    const want = [wish.require_version, wish.require_build === null ? null : `build ${wish.require_build}`]
      .filter((part) => part !== null)
      .join(', ')
    throw new RchError('xcode_version_mismatch', undefined, {data: {want, have}})
  }
  return best
}
