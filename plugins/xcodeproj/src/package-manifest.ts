import {shapeError} from './read-error.ts'
import {readBindings} from './swift-bindings.ts'
import {
  readArguments,
  readBound,
  readExpression,
  swiftCursor,
  type SwiftArgument,
  type SwiftCursor,
  type SwiftValue,
} from './swift-expression.ts'
import {tokenizeSwift} from './swift-tokens.ts'

export interface PackageProduct {
  readonly type: 'library' | 'executable' | 'plugin'
  readonly name: string
  readonly targets: readonly string[]
}

export interface PackageTarget {
  readonly type: 'target' | 'executable' | 'test' | 'plugin' | 'macro' | 'binary' | 'system'
  readonly name: string
  /** As written; `null` = SwiftPM's search (`Sources/<name>`, `Tests/<name>`, …). */
  readonly path: string | null
  readonly exclude: readonly string[]
  readonly sources: readonly string[] | null
  /** Paths of `.copy`, `.process` and `.embedInCode`. */
  readonly resources: readonly string[]
  readonly dependencies: readonly string[]
}

export interface PackageManifest {
  readonly toolsVersion: string | null
  readonly name: string | null
  /** Platform names as written, `iOS`. */
  readonly platforms: readonly string[]
  readonly products: readonly PackageProduct[]
  readonly targets: readonly PackageTarget[]
  /** Paths of `.package(path:)`, relative to the manifest's directory. */
  readonly localDependencies: readonly string[]
  readonly remoteDependencies: readonly string[]
  /** False when a part of the manifest is computed when it runs: what is listed is there, and there may be more. */
  readonly complete: boolean
}

/**
 * Reads a `Package.swift` without running it: the literals of `Package(…)`, names bound at the top level, and later
 * `package.targets += […]` or `.append(…)`. Pure; throws `project_unreadable` when it declares no package.
 */
export function readPackageManifest(text: string): PackageManifest {
  const tokens = tokenizeSwift(text)
  const bindings = readBindings(tokens)
  const start = tokens.findIndex(
    (token, index) => token.kind === 'identifier' && token.value === 'Package' && tokens[index + 1]?.value === '(',
  )
  if (start === -1) throw shapeError('Package.swift', 'declares no Package(…)')
  const cursor = swiftCursor(tokens, start + 1, bindings)
  const scope = new Scope(readArguments(cursor), readAdditions(cursor))
  const products = scope.calls('products').flatMap((call) => readProduct(scope, call))
  const targets = scope.calls('targets').flatMap((call) => readTarget(scope, call))
  const dependencies = scope.calls('dependencies').filter(({name}) => name === 'package')
  return {
    toolsVersion: /^\/\/\s*swift-tools-version\s*:\s*([\w.-]+)/im.exec(text)?.[1] ?? null,
    name: scope.text('name'),
    platforms: scope.calls('platforms').map(({name}) => name),
    products,
    targets,
    localDependencies: dependencies.flatMap((call) => textOf(argument(call, 'path')) ?? []),
    remoteDependencies: dependencies.flatMap((call) => textOf(argument(call, 'url')) ?? textOf(argument(call, 'id')) ?? []),
    complete: scope.complete,
  }
}

type Call = Extract<SwiftValue, {kind: 'call'}>

/** The arguments of `Package(…)` and what is added later, with a note whether all of it could be read. */
class Scope {
  complete = true
  readonly #arguments: readonly SwiftArgument[]
  readonly #additions: ReadonlyMap<string, readonly SwiftValue[]>

  constructor(values: readonly SwiftArgument[], additions: ReadonlyMap<string, readonly SwiftValue[]>) {
    this.#arguments = values
    this.#additions = additions
  }

  text(label: string): string | null {
    const value = this.#arguments.find((given) => given.label === label)?.value
    if (value !== undefined && value.kind !== 'string') this.complete = false
    return textOf(value)
  }

  calls(label: string): readonly Call[] {
    const given = this.#arguments.filter((entry) => entry.label === label).map(({value}) => value)
    return [...given, ...(this.#additions.get(label) ?? [])].flatMap((value) => {
      const items = this.items(value)
      return items.filter((item): item is Call => {
        if (item.kind !== 'call') this.complete = false
        return item.kind === 'call'
      })
    })
  }

  texts(value: SwiftValue | undefined): readonly string[] {
    return this.items(value).flatMap((item) => {
      const text = textOf(item)
      if (text === null) this.complete = false
      return text ?? []
    })
  }

  items(value: SwiftValue | undefined): readonly SwiftValue[] {
    if (value === undefined || value.kind === 'nil') return []
    if (value.kind === 'array') return value.items
    this.complete = false
    return []
  }
}

const PRODUCT_TYPES: Readonly<Record<string, PackageProduct['type']>> = {library: 'library', executable: 'executable', plugin: 'plugin'}

function readProduct(scope: Scope, call: Call): readonly PackageProduct[] {
  const type = Object.hasOwn(PRODUCT_TYPES, call.name) ? PRODUCT_TYPES[call.name] : undefined
  const name = textOf(argument(call, 'name'))
  if (type === undefined || name === null) {
    scope.complete = false
    return []
  }
  return [{type, name, targets: scope.texts(argument(call, 'targets'))}]
}

const TARGET_TYPES: Readonly<Record<string, PackageTarget['type']>> = {
  target: 'target',
  executableTarget: 'executable',
  testTarget: 'test',
  plugin: 'plugin',
  macro: 'macro',
  binaryTarget: 'binary',
  systemLibrary: 'system',
}

function readTarget(scope: Scope, call: Call): readonly PackageTarget[] {
  const type = Object.hasOwn(TARGET_TYPES, call.name) ? TARGET_TYPES[call.name] : undefined
  const name = textOf(argument(call, 'name'))
  if (type === undefined || name === null) {
    scope.complete = false
    return []
  }
  const sources = argument(call, 'sources')
  return [
    {
      type,
      name,
      path: textOf(argument(call, 'path')),
      exclude: scope.texts(argument(call, 'exclude')),
      sources: sources === undefined || sources.kind === 'nil' ? null : scope.texts(sources),
      resources: scope.items(argument(call, 'resources')).flatMap((item) => {
        const path = item.kind === 'call' ? textOf(item.arguments[0]?.value) : null
        if (path === null) scope.complete = false
        return path ?? []
      }),
      dependencies: scope.items(argument(call, 'dependencies')).flatMap((item) => {
        const dependency = textOf(item) ?? (item.kind === 'call' ? textOf(argument(item, 'name')) : null)
        if (dependency === null) scope.complete = false
        return dependency ?? []
      }),
    },
  ]
}

function argument(call: Call, label: string): SwiftValue | undefined {
  return call.arguments.find((given) => given.label === label)?.value
}

function textOf(value: SwiftValue | undefined): string | null {
  return value?.kind === 'string' ? value.value : null
}

function readAdditions({tokens, bindings, budget}: SwiftCursor): ReadonlyMap<string, readonly SwiftValue[]> {
  const additions = new Map<string, SwiftValue[]>()
  for (const [index, token] of tokens.entries()) {
    if (budget.left < 0) break
    if (token.value !== 'package' || tokens[index + 1]?.value !== '.') continue
    const list = tokens[index + 2]?.value ?? ''
    const value = readAddition({tokens, at: index + 3, bindings, depth: 0, budget})
    if (value === null) continue
    const known = additions.get(list)
    if (known === undefined) additions.set(list, [value])
    else known.push(value)
  }
  return additions
}

function readAddition(cursor: SwiftCursor): SwiftValue | null {
  const [first, second, third] = cursor.tokens.slice(cursor.at, cursor.at + 3).map(({value}) => value)
  if (first === '+' && second === '=') return readBound({...cursor, at: cursor.at + 2})
  if (first === '=') return readBound({...cursor, at: cursor.at + 1})
  if (first !== '.' || second !== 'append' || third !== '(') return null
  const inside = {...cursor, at: cursor.at + 3}
  if (cursor.tokens[inside.at]?.value === 'contentsOf') return readExpression({...inside, at: inside.at + 2})
  return {kind: 'array', items: [readExpression(inside)]}
}
