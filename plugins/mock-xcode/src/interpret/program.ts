import type {Binding, FunctionDeclaration, Statement, TypeKind, VariableDeclaration} from '../swift/ast.ts'

export interface ProgramType {
  readonly name: string
  kind: TypeKind
  readonly inherits: string[]
  readonly functions: FunctionDeclaration[]
  readonly staticFunctions: FunctionDeclaration[]
  readonly initializers: FunctionDeclaration[]
  /** Stored and computed properties, in order. */
  readonly properties: Binding[]
  readonly staticProperties: Binding[]
  readonly cases: Set<string>
}

/** The declarations of the modules that a test can reach, by name. A name that stands for two things stands for neither. */
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
      else if (statement.kind === 'variable')
        for (const binding of statement.bindings) if (binding.name !== undefined) globals.set(binding.name, binding)
      if (statement.kind !== 'type') continue
      const name = statement.name.replace(/<.*$/s, '').split('.').at(-1) ?? ''
      const type = types.get(name) ?? newType(name, statement.type)
      if (statement.type !== 'extension') type.kind = statement.type
      types.set(name, type)
      type.inherits.push(...statement.inherits)
      for (const member of statement.members) {
        const isStatic = 'modifiers' in member && member.modifiers.some((modifier) => modifier === 'static' || modifier === 'class')
        if (member.kind === 'function') {
          if (member.name === 'init') type.initializers.push(member)
          else (isStatic ? type.staticFunctions : type.functions).push(member)
        } else if (member.kind === 'variable') (isStatic ? type.staticProperties : type.properties).push(...readable(member))
        else if (member.kind === 'cases') for (const word of member.names) type.cases.add(word)
        else if (member.kind === 'type') visit([member])
      }
    }
  }
  for (const file of files) visit(file)
  return {types, functions, globals}
}

/** What a property wrapper does to its property is not known. */
function readable({attributes, bindings}: VariableDeclaration): readonly Binding[] {
  return attributes.length === 0 ? bindings : bindings.map((binding) => ({...binding, value: undefined, getter: undefined}))
}

function newType(name: string, kind: TypeKind): ProgramType {
  return {
    name,
    kind,
    inherits: [],
    functions: [],
    staticFunctions: [],
    initializers: [],
    properties: [],
    staticProperties: [],
    cases: new Set(),
  }
}
