import type {Binding, FunctionDeclaration, Statement, TypeKind, VariableDeclaration} from '../swift/ast.ts'

export interface ProgramType {
  readonly name: string
  kind: TypeKind
  /** Has property wrappers or observers: what its properties hold is not plain. */
  opaque: boolean
  readonly inherits: string[]
  readonly functions: FunctionDeclaration[]
  readonly staticFunctions: FunctionDeclaration[]
  readonly initializers: FunctionDeclaration[]
  /** Stored and computed properties, in order. */
  readonly properties: Binding[]
  /** Computed ones and constants; of variables only the names. */
  readonly staticProperties: Binding[]
  readonly cases: Set<string>
}

/** The declarations of the modules that a test can reach, by name. */
export interface Program {
  readonly types: ReadonlyMap<string, ProgramType>
  readonly functions: ReadonlyMap<string, readonly FunctionDeclaration[]>
  readonly globals: ReadonlyMap<string, Binding>
}

export function collectProgram(files: readonly (readonly Statement[])[]): Program {
  const types = new Map<string, ProgramType>()
  const functions = new Map<string, FunctionDeclaration[]>()
  const globals = new Map<string, Binding>()
  const visit = (statements: readonly Statement[]): void => {
    for (const statement of statements) {
      if (statement.kind === 'function') functions.set(statement.name, [...(functions.get(statement.name) ?? []), statement])
      else if (statement.kind === 'variable') {
        for (const binding of unchanging(statement)) if (binding.name !== undefined) globals.set(binding.name, binding)
      }
      if (statement.kind !== 'type') continue
      const name = statement.name.replace(/<.*$/s, '').split('.').at(-1) ?? ''
      const type = types.get(name) ?? newType(name, statement.type)
      if (statement.type !== 'extension') {
        // Two types of one name, in different scopes: neither can be told from the other.
        if (types.has(name) && type.kind !== 'extension') type.opaque = true
        type.kind = statement.type
      }
      types.set(name, type)
      type.inherits.push(...statement.inherits)
      for (const member of statement.members) {
        const isStatic = 'modifiers' in member && member.modifiers.some((modifier) => modifier === 'static' || modifier === 'class')
        if (member.kind === 'function') {
          if (member.name === 'init') type.initializers.push(member)
          else (isStatic ? type.staticFunctions : type.functions).push(member)
        } else if (member.kind === 'variable') {
          if (isStatic) type.staticProperties.push(...unchanging(member))
          else {
            if (member.attributes.some(isWrapper) || member.bindings.some(({observed}) => observed)) type.opaque = true
            type.properties.push(...member.bindings)
          }
        } else if (member.kind === 'cases') for (const word of member.names) type.cases.add(word)
        else if (member.kind === 'type') visit([member])
      }
    }
  }
  for (const file of files) visit(file)
  return {types, functions, globals}
}

/** Constants and computed values; a variable that all can change has no plain value. */
function unchanging({attributes, keyword, bindings}: VariableDeclaration): readonly Binding[] {
  const plain = !attributes.some(isWrapper)
  return bindings.map((binding) => {
    if (plain && (keyword === 'let' || binding.getter !== undefined)) return binding
    return {...binding, value: undefined, getter: undefined}
  })
}

function isWrapper({name}: {readonly name: string}): boolean {
  return !/^(?:available|objc|nonobjc|usableFromInline|inlinable|MainActor|discardableResult|IBOutlet|NSCopying)$/.test(name)
}

function newType(name: string, kind: TypeKind): ProgramType {
  return {
    name,
    kind,
    opaque: false,
    inherits: [],
    functions: [],
    staticFunctions: [],
    initializers: [],
    properties: [],
    staticProperties: [],
    cases: new Set(),
  }
}
