import type {ConfigurationList} from './configuration-list.ts'
import {textOf} from './pbx-objects.ts'
import type {ProjectTarget} from './project-target.ts'
import type {XcodeProject} from './project.ts'
import {joinPath, type ResolvedPath} from './resolved-path.ts'
import type {Xcconfig} from './xcconfig.ts'

/**
 * A setting of a target as written at its strongest level: target, its `.xcconfig`, project, its `.xcconfig`. Conditional
 * assignments and variables are not evaluated; `null` where no level sets it.
 *
 * @param configuration name of the build configuration; another one is taken where the target has none of that name.
 * @param xcconfigs by path below the source root.
 */
export function buildSetting(
  key: string,
  project: XcodeProject,
  target: ProjectTarget,
  configuration: string,
  xcconfigs: ReadonlyMap<string, Xcconfig>,
): string | null {
  return (
    fromList(key, target.buildConfigurations, configuration, xcconfigs) ??
    fromList(key, project.buildConfigurations, configuration, xcconfigs)
  )
}

function fromList(key: string, list: ConfigurationList, name: string, xcconfigs: ReadonlyMap<string, Xcconfig>): string | null {
  const {configurations} = list
  const configuration = configurations.find((candidate) => candidate.name === name) ?? configurations[0]
  if (configuration === undefined) return null
  return textOf(configuration.settings.get(key)) ?? fromXcconfig(key, configuration.xcconfig, xcconfigs)
}

const MAX_INCLUDES = 200

function fromXcconfig(key: string, start: ResolvedPath | null, xcconfigs: ReadonlyMap<string, Xcconfig>): string | null {
  if (start?.base !== 'source_root') return null
  const seen = new Set<string>()
  const visit = (path: string): string | null => {
    const file = xcconfigs.get(path)
    if (file === undefined || seen.has(path) || seen.size > MAX_INCLUDES) return null
    seen.add(path)
    const own = file.settings.get(key)
    if (own !== undefined) return own
    for (const include of file.includes.toReversed()) {
      const found = visit(joinPath(path, '..', include.path))
      if (found !== null) return found
    }
    return null
  }
  return visit(start.path)
}
