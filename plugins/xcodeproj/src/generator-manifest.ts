import {readBindings} from './swift-bindings.ts'
import {readArguments, swiftCursor, type SwiftArgument, type SwiftValue} from './swift-expression.ts'
import {tokenizeSwift} from './swift-tokens.ts'

/** What the manifest of a project generator promises, as far as its literals say. */
export interface GeneratorManifest {
  /** Name of the project it writes; `null` when the manifest computes it. */
  readonly name: string | null
  readonly targets: readonly {readonly name: string; readonly type: string | null; readonly platform: string | null}[]
  readonly schemes: readonly string[]
}

/**
 * XcodeGen's `project.yml`: the name, the targets with type and platform, the schemes. Reads the block form of YAML that such
 * manifests are written in, by indentation; never throws.
 */
export function readXcodegenManifest(text: string): GeneratorManifest {
  const lines = text.split('\n').flatMap((raw) => {
    const text = raw.trim()
    const colon = text.indexOf(':')
    const rest = text.slice(colon + 1)
    if (colon < 1 || text.startsWith('#') || text.startsWith('-') || (rest !== '' && !rest.startsWith(' '))) return []
    const comment = rest.indexOf(' #')
    const value = (comment === -1 ? rest : rest.slice(0, comment)).trim()
    return [{indent: raw.length - raw.trimStart().length, key: unquote(text.slice(0, colon).trimEnd()), value: unquote(value)}]
  })
  const children = (from: number): readonly number[] => {
    const parent = lines[from]!.indent
    const found: number[] = []
    for (let at = from + 1; at < lines.length && lines[at]!.indent > parent; at += 1) {
      if (found.length === 0 || lines[at]!.indent === lines[found[0]!]!.indent) found.push(at)
    }
    return found
  }
  const section = (name: string): readonly number[] => {
    const at = lines.findIndex(({indent, key}) => indent === 0 && key === name)
    return at === -1 ? [] : children(at)
  }
  const valueIn = (parent: number, key: string): string | null => {
    const at = children(parent).find((child) => lines[child]!.key === key)
    return at === undefined || lines[at]!.value === '' ? null : lines[at]!.value
  }
  return {
    name: lines.find(({indent, key}) => indent === 0 && key === 'name')?.value ?? null,
    targets: section('targets').map((at) => ({name: lines[at]!.key, type: valueIn(at, 'type'), platform: valueIn(at, 'platform')})),
    schemes: section('schemes').map((at) => lines[at]!.key),
  }
}

/** Tuist's `Project.swift`: the literals of `Project(…)`. Throws `project_unreadable` for text that never ends. */
export function readTuistManifest(text: string): GeneratorManifest {
  const tokens = tokenizeSwift(text)
  const start = tokens.findIndex(({kind, value}, index) => kind === 'identifier' && value === 'Project' && tokens[index + 1]?.value === '(')
  if (start === -1) return {name: null, targets: [], schemes: []}
  const values = readArguments(swiftCursor(tokens, start + 1, readBindings(tokens)))
  return {
    name: textOf(labelled(values, 'name')),
    targets: callsIn(labelled(values, 'targets')).flatMap((call) => {
      const name = textOf(labelled(call, 'name'))
      const product = labelled(call, 'product')
      return name === null ? [] : [{name, type: product?.kind === 'name' ? product.name : null, platform: platformOf(call)}]
    }),
    schemes: callsIn(labelled(values, 'schemes')).flatMap((call) => textOf(labelled(call, 'name')) ?? []),
  }
}

function platformOf(call: readonly SwiftArgument[]): string | null {
  const destinations = labelled(call, 'destinations') ?? labelled(call, 'platform')
  if (destinations?.kind === 'name') return destinations.name
  const first = destinations?.kind === 'array' ? destinations.items[0] : undefined
  return first?.kind === 'name' ? first.name : null
}

function labelled(values: readonly SwiftArgument[], label: string): SwiftValue | undefined {
  return values.find((given) => given.label === label)?.value
}

function callsIn(value: SwiftValue | undefined): readonly (readonly SwiftArgument[])[] {
  return value?.kind === 'array' ? value.items.flatMap((item) => (item.kind === 'call' ? [item.arguments] : [])) : []
}

function textOf(value: SwiftValue | undefined): string | null {
  return value?.kind === 'string' ? value.value : null
}

function unquote(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value
}
