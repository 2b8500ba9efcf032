import {buildSetting, joinPath, type BuildableReference, type FoundProject, type ProjectTarget} from '@rch/xcodeproj'
import type {Platform} from './facts.ts'

const BY_SDK: readonly (readonly [RegExp, Platform])[] = [
  [/iphone/, 'iOS Simulator'],
  [/macosx/, 'macOS'],
  [/appletv/, 'tvOS Simulator'],
  [/watch/, 'watchOS Simulator'],
  [/xr(os|simulator)/, 'visionOS Simulator'],
]

/** The target that a scheme's reference names, and the project that holds it. */
export interface ReferencedTarget {
  readonly project: FoundProject
  readonly target: ProjectTarget
}

/** @param directory of the container that holds the scheme. */
export function findTarget(reference: BuildableReference, directory: string, projects: readonly FoundProject[]): ReferencedTarget | null {
  const path = joinPath(directory, reference.container.replace(/^container:/, ''))
  for (const project of projects) {
    if (project.path !== path) continue
    const target = project.project.targets.find(({id, name}) => id === reference.targetId || name === reference.targetName)
    if (target !== undefined) return {project, target}
  }
  return null
}

/** The platforms a target builds for, as its settings say, most telling first; empty when they are computed. */
export function platformsOf({project, target}: ReferencedTarget, configuration: string): readonly Platform[] {
  const setting = (key: string): string => buildSetting(key, project.project, target, configuration, project.xcconfigs) ?? ''
  const single = platformsIn(setting('SDKROOT'))
  const supported = platformsIn(setting('SUPPORTED_PLATFORMS'))
  const [only] = single
  // `SDKROOT` is where a target starts from; `SUPPORTED_PLATFORMS` is what it may become, when it goes beyond that.
  if (only !== undefined && (supported.length === 0 || supported.includes(only)) && supported.length < 2) return single
  return supported.length > 0 ? supported : single
}

/** The platform that a name speaks of: `App iOS`, `App-tvOS`, `AppMac`. */
export function platformInName(name: string): Platform | null {
  if (/\b(?:iOS|iPhone|iPad)\b|iOS(?:[A-Z]|$)/.test(name)) return 'iOS Simulator'
  if (/\b(?:macOS|OSX|OS X|Mac)\b|(?:macOS|Mac)$/.test(name)) return 'macOS'
  if (/\b(?:tvOS|TV)\b|tvOS/.test(name)) return 'tvOS Simulator'
  if (/\b(?:watchOS|Watch)\b|watchOS/.test(name)) return 'watchOS Simulator'
  return /\b(?:visionOS|Vision)\b|visionOS/.test(name) ? 'visionOS Simulator' : null
}

function platformsIn(value: string): readonly Platform[] {
  const found = new Set<Platform>()
  for (const word of value.split(/\s+/)) {
    const platform = BY_SDK.find(([pattern]) => pattern.test(word.toLowerCase()))?.[1]
    if (platform !== undefined) found.add(platform)
  }
  return [...found]
}
