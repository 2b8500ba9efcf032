import type {Argument, Attribute, FunctionDeclaration, Statement, TypeDeclaration} from '../swift/ast.ts'

export interface TestFile {
  readonly path: string
  readonly text: string
  readonly statements: readonly Statement[]
}

/** A test as its source declares it. */
export interface DeclaredTest {
  readonly framework: 'xctest' | 'swift-testing'
  readonly file: TestFile
  readonly suite: readonly string[]
  /** `@Suite` attributes, one list for each level of `suite`. */
  readonly suiteAttributes: readonly (readonly Attribute[])[]
  readonly declaration: FunctionDeclaration
  readonly attribute: Attribute | undefined
}

/** The XCTest methods and `@Test` functions of a bundle, in the order of its files. */
export function discoverTests(files: readonly TestFile[]): readonly DeclaredTest[] {
  return [...xctests(files), ...swiftTests(files)]
}

/** `adds(a:b:)`. */
export function functionName({name, parameters}: FunctionDeclaration): string {
  return `${name}(${parameters.map(({label}) => `${label ?? '_'}:`).join('')})`
}

/** The traits of `@Test` or `@Suite`: calls and members with a leading dot, `.disabled("…")`, `.tags(.a)`. */
export function traits(attribute: Attribute | undefined): readonly {readonly name: string; readonly arguments: readonly Argument[]}[] {
  return (attribute?.arguments ?? []).flatMap(({label, value}) => {
    if (label !== undefined) return []
    if (value.kind === 'call' && value.callee.kind === 'member' && value.callee.base === undefined)
      return [{name: value.callee.name, arguments: value.arguments}]
    return value.kind === 'member' && value.base === undefined ? [{name: value.name, arguments: []}] : []
  })
}

/** The display name of `@Test("…")` or `@Suite("…")`. */
export function displayName(attribute: Attribute | undefined): string | undefined {
  const [first] = attribute?.arguments ?? []
  if (first === undefined || first.label !== undefined || first.value.kind !== 'string') return undefined
  const {segments} = first.value
  return segments.every((segment) => typeof segment === 'string') ? segments.join('') : undefined
}

function xctests(files: readonly TestFile[]): readonly DeclaredTest[] {
  const classes = new Map<string, {readonly file: TestFile; readonly type: TypeDeclaration}>()
  const extensions: {readonly file: TestFile; readonly type: TypeDeclaration}[] = []
  for (const file of files) {
    for (const type of typesOf(file.statements)) {
      if (type.type === 'class') classes.set(type.name, {file, type})
      else if (type.type === 'extension') extensions.push({file, type})
    }
  }
  const isTestCase = (name: string, seen: readonly string[] = []): boolean => {
    const base = classes.get(name)?.type.inherits[0]
    if (base === undefined || seen.includes(name)) return false
    return base === 'XCTestCase' || base === 'XCTest.XCTestCase' || isTestCase(base, [...seen, name])
  }
  const methods = (name: string): readonly {readonly file: TestFile; readonly declaration: FunctionDeclaration}[] => {
    const found = classes.get(name)
    if (found === undefined) return []
    const own = [found, ...extensions.filter(({type}) => type.name === name)].flatMap(({file, type}) =>
      type.members.flatMap((member) => (member.kind === 'function' && isTestMethod(member) ? [{file, declaration: member}] : [])),
    )
    const inherited = methods(found.type.inherits[0] ?? '').filter(
      ({declaration}) => !own.some((method) => method.declaration.name === declaration.name),
    )
    return [...inherited, ...own]
  }
  return [...classes.keys()]
    .filter((name) => isTestCase(name))
    .flatMap((name) =>
      methods(name)
        .toSorted((a, b) => (a.declaration.name < b.declaration.name ? -1 : 1))
        .map(({file, declaration}) => ({
          framework: 'xctest' as const,
          file,
          suite: [name],
          suiteAttributes: [],
          declaration,
          attribute: undefined,
        })),
    )
}

function isTestMethod({name, parameters, modifiers, body}: FunctionDeclaration): boolean {
  return (
    name.startsWith('test') &&
    parameters.length === 0 &&
    body !== undefined &&
    !modifiers.some((modifier) => /^(?:private|fileprivate|static|class)$/.test(modifier))
  )
}

function swiftTests(files: readonly TestFile[]): readonly DeclaredTest[] {
  const suites = new Map<string, Attribute[]>()
  const found: DeclaredTest[] = []
  const visit = (
    file: TestFile,
    statements: readonly Statement[],
    path: readonly string[],
    attributes: readonly (readonly Attribute[])[],
  ): void => {
    for (const statement of statements) {
      if (statement.kind === 'type' && statement.type !== 'protocol') {
        const name = statement.type === 'extension' ? statement.name.split('.') : [statement.name]
        const inner = [...path, ...name]
        const known = suites.get(inner.join('/')) ?? []
        const own = [
          ...known,
          ...statement.attributes.filter((attribute) => attribute.name === 'Suite' || attribute.name === 'Testing.Suite'),
        ]
        suites.set(inner.join('/'), own)
        visit(file, statement.members, inner, [...attributes, ...name.slice(1).map(() => []), own])
      } else if (statement.kind === 'function') {
        const attribute = statement.attributes.find(({name}) => name === 'Test' || name === 'Testing.Test')
        if (attribute !== undefined)
          found.push({framework: 'swift-testing', file, suite: path, suiteAttributes: attributes, declaration: statement, attribute})
      }
    }
  }
  for (const file of files) visit(file, file.statements, [], [])
  return found
}

function typesOf(statements: readonly Statement[]): readonly TypeDeclaration[] {
  return statements.flatMap((statement) => (statement.kind === 'type' ? [statement, ...typesOf(statement.members)] : []))
}
