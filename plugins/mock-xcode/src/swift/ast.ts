/** Offsets into the source; `line` and `column` are those of the first token, 1-based. */
export interface Place {
  readonly start: number
  readonly end: number
  readonly line: number
  readonly column: number
}

export interface Argument {
  readonly label: string | undefined
  readonly value: Expression
}

export type Expression = Place &
  (
    | {readonly kind: 'number'; readonly text: string}
    | {readonly kind: 'string'; readonly segments: readonly (string | Expression)[]}
    | {readonly kind: 'boolean'; readonly value: boolean}
    | {readonly kind: 'nil'}
    | {readonly kind: 'name'; readonly name: string}
    | {readonly kind: 'member'; readonly base: Expression | undefined; readonly name: string}
    | {readonly kind: 'call'; readonly callee: Expression; readonly arguments: readonly Argument[]}
    | {readonly kind: 'subscript'; readonly base: Expression; readonly arguments: readonly Argument[]}
    | {readonly kind: 'prefix'; readonly operator: string; readonly operand: Expression}
    | {readonly kind: 'postfix'; readonly operator: string; readonly operand: Expression}
    | {readonly kind: 'binary'; readonly operator: string; readonly left: Expression; readonly right: Expression}
    | {readonly kind: 'ternary'; readonly condition: Expression; readonly yes: Expression; readonly no: Expression}
    | {readonly kind: 'array'; readonly items: readonly Expression[]}
    | {readonly kind: 'dictionary'; readonly entries: readonly (readonly [Expression, Expression])[]}
    | {readonly kind: 'tuple'; readonly items: readonly Argument[]}
    | {readonly kind: 'closure'; readonly parameters: readonly string[]; readonly body: readonly Statement[]}
    | {readonly kind: 'macro'; readonly name: string; readonly arguments: readonly Argument[]}
    | {readonly kind: 'try'; readonly mode: '' | '?' | '!'; readonly operand: Expression}
    | {readonly kind: 'statement'; readonly statement: Statement}
    | {readonly kind: 'other'}
  )

export interface Attribute extends Place {
  readonly name: string
  /** Undefined when the attribute has none, or some that are no expressions (`@available(iOS 17, *)`). */
  readonly arguments: readonly Argument[] | undefined
}

export interface Parameter {
  readonly label: string | undefined
  readonly name: string
  readonly type: string
  readonly value: Expression | undefined
  readonly variadic: boolean
}

export interface Binding {
  readonly name: string | undefined
  readonly type: string | undefined
  readonly value: Expression | undefined
  readonly getter: readonly Statement[] | undefined
  /** Has `willSet` or `didSet`. */
  readonly observed: boolean
}

interface Declared {
  readonly attributes: readonly Attribute[]
  readonly modifiers: readonly string[]
}

export type TypeKind = 'class' | 'struct' | 'enum' | 'actor' | 'protocol' | 'extension'

export type Condition =
  | {readonly kind: 'expression'; readonly value: Expression}
  | {readonly kind: 'binding'; readonly name: string | undefined; readonly value: Expression | undefined}
  | {readonly kind: 'other'}

export type FunctionDeclaration = Place &
  Declared & {
    readonly kind: 'function'
    readonly name: string
    readonly parameters: readonly Parameter[]
    readonly async: boolean
    readonly throws: boolean
    readonly returns: string | undefined
    readonly body: readonly Statement[] | undefined
  }

export type TypeDeclaration = Place &
  Declared & {
    readonly kind: 'type'
    readonly type: TypeKind
    readonly name: string
    readonly inherits: readonly string[]
    readonly members: readonly Statement[]
  }

export type VariableDeclaration = Place &
  Declared & {readonly kind: 'variable'; readonly keyword: 'let' | 'var'; readonly bindings: readonly Binding[]}

export type Statement =
  | FunctionDeclaration
  | TypeDeclaration
  | VariableDeclaration
  | (Place &
      (
        | {readonly kind: 'expression'; readonly value: Expression}
        | {readonly kind: 'import'; readonly module: string}
        | {readonly kind: 'cases'; readonly names: readonly string[]}
        | {
            readonly kind: 'if'
            readonly conditions: readonly Condition[]
            readonly body: readonly Statement[]
            readonly otherwise: readonly Statement[] | undefined
          }
        | {readonly kind: 'guard'; readonly conditions: readonly Condition[]; readonly otherwise: readonly Statement[]}
        | {
            readonly kind: 'for'
            readonly name: string | undefined
            readonly sequence: Expression
            readonly filtered: boolean
            readonly body: readonly Statement[]
          }
        | {readonly kind: 'do'; readonly body: readonly Statement[]; readonly catches: readonly (readonly Statement[])[]}
        | {readonly kind: 'defer'; readonly body: readonly Statement[]}
        | {readonly kind: 'return'; readonly value: Expression | undefined}
        | {readonly kind: 'throw'; readonly value: Expression}
        /** Loops, `switch`, and whatever is only read for its syntax. */
        | {readonly kind: 'block'; readonly blocks: readonly (readonly Statement[])[]}
        | {readonly kind: 'other'}
      ))
