export interface BuildStep {
  readonly verb: string
  readonly target: string | null
  readonly project: string | null
}

export interface PackageStep {
  readonly done: number
  readonly total: number
  readonly verb: string
  readonly item: string | null
}

const OWNER = /\(in target:? '?([^']*?)'?(?: from project '([^']*)')?(?: at path '[^']*')?\)$/
const VERB = /^[A-Za-z][\w+-]*/
const OLD_TARGET = /^=== ([A-Z]+)(?: AGGREGATE| LEGACY)? TARGET (.+?) OF PROJECT (.+?) WITH /
const PACKAGE_STEP = /^\[(\d+)\/(\d+)\] (\w+)(?: (.*))?$/
const PRETTY_STEP = /^\[([^\]]+)\] ([A-Z][a-z]+(?:ing)?\b.*)$/

/** `Verb arguments (in target 'T' from project 'P')`; also the form before Xcode 11, `(in target: T)`. */
export function parseBuildStep(line: string): BuildStep | null {
  if (!line.endsWith(')')) return null
  const at = line.lastIndexOf(' (in target')
  if (at === -1) return null
  const owner = OWNER.exec(line.slice(at + 1))
  const verb = VERB.exec(line)?.[0]
  if (owner === null || verb === undefined || line[verb.length] !== ' ') return null
  return {verb, target: owner[1] ?? null, project: owner[2] ?? null}
}

/** `=== BUILD TARGET T OF PROJECT P WITH CONFIGURATION C ===` of the old build system. */
export function parseOldTarget(line: string): {action: string; target: string; project: string} | null {
  const [, action, target, project] = OLD_TARGET.exec(line) ?? []
  return action === undefined || target === undefined || project === undefined ? null : {action, target, project}
}

/** `[3/10] Compiling Module file.swift` of Swift packages. */
export function parsePackageStep(line: string): PackageStep | null {
  const [, done, total, verb, item] = PACKAGE_STEP.exec(line) ?? []
  return verb === undefined ? null : {done: Number(done), total: Number(total), verb, item: item ?? null}
}

/** `[Target] Compiling File.swift` of formatters. */
export function parsePrettyStep(line: string): {target: string; item: string} | null {
  const [, target, item] = PRETTY_STEP.exec(line) ?? []
  return target === undefined || item === undefined || /^[\d/]+$/.test(target) ? null : {target, item}
}

/** One entry of "The following build commands failed". */
export function parseFailedCommand(text: string): {command: string; text: string; target: string | null; project: string | null} {
  const step = parseBuildStep(text)
  if (step !== null) return {command: step.verb, text, target: step.target, project: step.project}
  return {command: VERB.exec(text)?.[0] ?? text, text, target: null, project: null}
}
