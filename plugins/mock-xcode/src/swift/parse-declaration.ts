import type {Attribute, Binding, Expression, Parameter, Place, Statement, TypeKind} from './ast.ts'
import type {Container, Cursor} from './cursor.ts'
import {isModifier, modifierWords} from './declaration-start.ts'
import {parseAccessors} from './parse-accessors.ts'
import {parseAttribute} from './parse-attribute.ts'
import {parseBindingPattern} from './parse-binding.ts'
import {parseGenericParameters, parseParameters, parseWhere} from './parse-signature.ts'
import {effects, startsType} from './parse-type.ts'
import {parseMembers} from './parse-members.ts'
import type {Token} from './token.ts'

interface Head {
  readonly first: Token
  readonly attributes: readonly Attribute[]
  readonly modifiers: readonly string[]
}

/** Reads one declaration; `isDeclaration` has said that there is one. */
export function parseDeclaration(cursor: Cursor, container: Container): Statement {
  const head = parseHead(cursor)
  const {current} = cursor
  switch (current.text) {
    case 'import':
      return importDeclaration(cursor, head)
    case 'let':
    case 'var':
      return variable(cursor, head, current.text)
    case 'func':
      return functionDeclaration(cursor, head, container)
    case 'init':
      return initializer(cursor, head, container)
    case 'deinit':
      cursor.advance()
      if (cursor.at('{')) cursor.grammar.block(cursor, "expected '{' for deinitializer")
      else cursor.fail("expected '{' for deinitializer")
      return {...cursor.place(head.first), kind: 'other'}
    case 'subscript':
      return subscriptDeclaration(cursor, head)
    case 'typealias':
      return typeAlias(cursor, head)
    case 'associatedtype':
      return associatedType(cursor, head)
    case 'case':
      return enumCase(cursor, head)
    case 'operator':
      cursor.advance()
      if (cursor.current.kind !== 'operator') cursor.fail('expected operator name in operator declaration')
      cursor.advance()
      if (cursor.accept(':'))
        do cursor.advance()
        while (cursor.accept(','))
      return {...cursor.place(head.first), kind: 'other'}
    case 'precedencegroup':
      cursor.skip(2)
      cursor.expect('{', "expected '{' after name of precedence group")
      while (!cursor.at('}') && !cursor.ended) cursor.advance()
      cursor.expect('}', "expected '}' at end of precedence group")
      return {...cursor.place(head.first), kind: 'other'}
    case 'macro':
      return macroDeclaration(cursor, head)
    case 'struct':
    case 'class':
    case 'enum':
    case 'protocol':
    case 'extension':
    case 'actor':
      return typeDeclaration(cursor, head, current.text)
    default:
      return cursor.fail('expected declaration')
  }
}

function parseHead(cursor: Cursor): Head {
  const first = cursor.current
  const attributes: Attribute[] = []
  const modifiers: string[] = []
  for (;;) {
    if (cursor.at('@')) attributes.push(parseAttribute(cursor))
    else if (modifierWords.has(cursor.current.text) && cursor.current.kind !== 'string' && isModifier(cursor, 0)) {
      const modifier = cursor.advance()
      if (modifiers.includes(modifier.text) && modifier.text !== 'nonisolated')
        cursor.fail(`duplicate modifier '${modifier.text}'`, modifier.start)
      modifiers.push(modifier.text)
      if (cursor.at('(')) cursor.skip(cursor.behindBrackets(0))
    } else return {first, attributes, modifiers}
  }
}

function importDeclaration(cursor: Cursor, {first}: Head): Statement {
  cursor.advance()
  if (/^(?:struct|class|enum|protocol|func|var|let|typealias)$/.test(cursor.current.text) && !cursor.current.newline) cursor.advance()
  const name = cursor.current
  if (name.kind !== 'identifier' || name.newline) cursor.fail('expected module name in import declaration')
  cursor.advance()
  while (cursor.accept('.')) cursor.advance()
  return {...cursor.place(first), kind: 'import', module: name.text}
}

function variable(cursor: Cursor, {first, attributes, modifiers}: Head, keyword: 'let' | 'var'): Statement {
  cursor.advance()
  const bindings: Binding[] = []
  do {
    const name = parseBindingPattern(cursor)
    let type: string | undefined
    if (cursor.accept(':')) {
      if (!startsType(cursor)) cursor.fail('expected type', cursor.current.newline ? cursor.previous?.end : undefined)
      type = cursor.grammar.type(cursor)
    }
    const value = initialValue(cursor)
    const accessors = cursor.at('{') && (!cursor.current.newline || opensAccessors(cursor, value, type))
    const getter = accessors ? parseAccessors(cursor) : undefined
    bindings.push({name, type, value, getter, observed: accessors && getter === undefined})
  } while (cursor.accept(','))
  return {...cursor.place(first), kind: 'variable', attributes, modifiers, keyword, bindings}
}

function initialValue(cursor: Cursor): Expression | undefined {
  const {current} = cursor
  if (current.text !== '=' || current.kind !== 'operator') return undefined
  if (current.fixity !== 'infix') cursor.fail("'=' must have consistent whitespace on both sides", current.start)
  cursor.advance()
  const next = cursor.current
  if (next.kind === 'end' || (next.kind === 'punctuation' && ')]},;:'.includes(next.text)))
    cursor.fail("expected initial value after '='", current.end)
  if (next.newline && next.kind === 'keyword' && cursor.grammar.isDeclaration(cursor, 'body'))
    cursor.fail("expected initial value after '='", current.end)
  return cursor.grammar.expression(cursor)
}

function opensAccessors(cursor: Cursor, value: Expression | undefined, type: string | undefined): boolean {
  return (value === undefined && type !== undefined) || /^(?:willSet|didSet)$/.test(cursor.peek(1).text)
}

function functionDeclaration(cursor: Cursor, {first, attributes, modifiers}: Head, container: Container): Statement {
  cursor.advance()
  const name = cursor.current
  if (name.kind === 'operator') {
    const generic = name.text.length > 1 && name.text.endsWith('<') && cursor.peek(1).kind === 'identifier'
    cursor.acceptOperatorPart(generic ? name.text.slice(0, -1) : name.text)
  } else if (name.kind === 'identifier' && !name.newline) cursor.advance()
  else if (name.kind === 'keyword' && !name.newline) cursor.fail(`keyword '${name.text}' cannot be used as an identifier here`)
  else cursor.fail('expected identifier in function declaration')
  parseGenericParameters(cursor)
  if (!cursor.at('(')) cursor.fail("expected '(' in argument list of function declaration")
  const parameters = parseParameters(cursor)
  const flags = effects(cursor)
  let returns: string | undefined
  if (cursor.at('->')) {
    cursor.advance()
    if (!startsType(cursor)) cursor.fail('expected type for function result')
    returns = cursor.grammar.type(cursor)
  }
  parseWhere(cursor)
  const bare = container === 'protocol' || attributes.some(({name: attribute}) => /^_|^(?:extern|_silgen_name)$/.test(attribute))
  const body = cursor.at('{') ? cursor.grammar.block(cursor, '') : undefined
  if (body === undefined && !bare) cursor.fail("expected '{' in body of function declaration")
  return {
    ...cursor.place(name),
    start: first.start,
    kind: 'function',
    attributes,
    modifiers,
    name: name.text.replaceAll('`', ''),
    parameters,
    ...flags,
    returns,
    body,
  }
}

function initializer(cursor: Cursor, {first, attributes, modifiers}: Head, container: Container): Statement {
  const word = cursor.advance()
  if (cursor.current.start === word.end && !cursor.acceptOperatorPart('?')) cursor.acceptOperatorPart('!')
  parseGenericParameters(cursor)
  if (!cursor.at('(')) cursor.fail("expected '(' for initializer parameters")
  const parameters: readonly Parameter[] = parseParameters(cursor)
  const flags = effects(cursor)
  parseWhere(cursor)
  const body = cursor.at('{') ? cursor.grammar.block(cursor, '') : undefined
  if (body === undefined && container !== 'protocol') cursor.fail("expected '{' in body of initializer")
  return {
    ...cursor.place(word),
    start: first.start,
    kind: 'function',
    attributes,
    modifiers,
    name: 'init',
    parameters,
    ...flags,
    returns: undefined,
    body,
  }
}

function subscriptDeclaration(cursor: Cursor, {first}: Head): Statement {
  cursor.advance()
  parseGenericParameters(cursor)
  if (!cursor.at('(')) cursor.fail("expected '(' for subscript parameters")
  parseParameters(cursor)
  cursor.expect('->', "expected '->' for subscript element type")
  cursor.grammar.type(cursor)
  parseWhere(cursor)
  if (cursor.at('{')) parseAccessors(cursor)
  else cursor.fail("expected '{' in subscript to specify getter and setter implementation")
  return {...cursor.place(first), kind: 'other'}
}

function typeAlias(cursor: Cursor, {first}: Head): Statement {
  cursor.advance()
  typeName(cursor, 'typealias')
  parseGenericParameters(cursor)
  cursor.expect('=', "expected '=' in type alias declaration")
  if (!startsType(cursor)) cursor.fail('expected type in type alias declaration')
  cursor.grammar.type(cursor)
  parseWhere(cursor)
  return {...cursor.place(first), kind: 'other'}
}

function associatedType(cursor: Cursor, {first}: Head): Statement {
  cursor.advance()
  typeName(cursor, 'associatedtype')
  if (cursor.accept(':')) inheritance(cursor)
  if (cursor.accept('=')) cursor.grammar.type(cursor)
  parseWhere(cursor)
  return {...cursor.place(first), kind: 'other'}
}

function enumCase(cursor: Cursor, {first}: Head): Statement {
  cursor.advance()
  const names: string[] = []
  do {
    const name = cursor.current
    if (name.kind === 'keyword' && !name.newline) cursor.fail(`keyword '${name.text}' cannot be used as an identifier here`)
    if (name.kind !== 'identifier') cursor.fail("expected identifier in enum 'case' declaration")
    cursor.advance()
    names.push(name.text.replaceAll('`', ''))
    if (cursor.at('(')) cursor.grammar.type(cursor)
    if (cursor.accept('=')) cursor.grammar.expression(cursor)
  } while (cursor.accept(','))
  return {...cursor.place(first), kind: 'cases', names}
}

function macroDeclaration(cursor: Cursor, {first}: Head): Statement {
  cursor.skip(2)
  parseGenericParameters(cursor)
  parseParameters(cursor)
  if (cursor.accept('->')) cursor.grammar.type(cursor)
  if (cursor.accept('=')) cursor.grammar.expression(cursor)
  parseWhere(cursor)
  return {...cursor.place(first), kind: 'other'}
}

function typeDeclaration(cursor: Cursor, {first, attributes, modifiers}: Head, type: TypeKind): Statement {
  cursor.advance()
  const nameToken = cursor.current
  let name: string
  if (type === 'extension') {
    if (!startsType(cursor)) cursor.fail('expected type name in extension declaration')
    name = cursor.grammar.type(cursor)
  } else {
    name = typeName(cursor, type)
    parseGenericParameters(cursor)
  }
  const inherits = cursor.accept(':') ? inheritance(cursor) : []
  parseWhere(cursor)
  const members = parseMembers(cursor, type)
  const place: Place = {...cursor.place(nameToken), start: first.start}
  return {...place, kind: 'type', attributes, modifiers, type, name, inherits, members}
}

function typeName(cursor: Cursor, what: string): string {
  const name = cursor.current
  if (name.kind === 'keyword' && !name.newline) cursor.fail(`keyword '${name.text}' cannot be used as an identifier here`)
  if (name.kind !== 'identifier' || name.newline) cursor.fail(`expected identifier in ${what} declaration`)
  cursor.advance()
  return name.text.replaceAll('`', '')
}

function inheritance(cursor: Cursor): readonly string[] {
  const names: string[] = []
  do {
    if (!startsType(cursor)) cursor.fail('expected type')
    names.push(cursor.grammar.type(cursor))
  } while (cursor.accept(','))
  return names
}
