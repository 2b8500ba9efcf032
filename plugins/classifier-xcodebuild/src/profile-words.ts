import type {DecisionStep} from '@rch/contract'
import type {Action, ResolvedDestination} from '@rch/contract/kinds/xcodebuild'
import {finishModel, startDraft} from './argv/draft.ts'
import {sanitizedArgv, writeCommand} from './canonical.ts'
import {writeDestination} from './destinations.ts'
import type {GateProfile} from './gate-profile.ts'

/** The command that a profile stands for, as somebody would type it. */
export function profileWords(action: Exclude<Action, 'clean'>, profile: GateProfile): readonly string[] {
  return sanitizedArgv(action, finishModel(startDraft(profile), profile.scheme, action))
}

/** A step's words after selection, with concrete destinations and never a device's identifier. */
export function resolvedArgv(step: DecisionStep, destinations: readonly ResolvedDestination[]): readonly string[] {
  const written = destinations.map(({platform, generic, name, os_version: os, arch, variant}) =>
    writeDestination({platform, generic, name, os, arch, variant}),
  )
  return writeCommand(step.action, step.model, written)
}
