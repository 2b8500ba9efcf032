import {readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {compilationConditions} from '../src/build/conditions.ts'
import {parseFile} from '../src/swift/parse-file.ts'

const holds = compilationConditions('iphonesimulator', 'Debug', [])
const valid = join(import.meta.dirname, 'fixtures/valid')

/** Source, line of the fault, and what the compiler says about it. */
const faults: readonly (readonly [source: string, line: number, message: RegExp])[] = [
  ['let a = 1\nlet s = "open\nlet b = 2', 2, /unterminated string literal/],
  ['let s = """\n  text\n', 1, /unterminated string literal/],
  ['let s = """text\n"""', 1, /content must begin on a new line/],
  ['let s = """\n  text"""', 2, /closing delimiter must begin on a new line/],
  ['let s = """\n  a\n b\n  """', 3, /insufficient indentation/],
  ['let a = 1\nlet s = "\\q"', 2, /invalid escape sequence/],
  ['let s = "\\u{}"', 1, /escape sequence/],
  ['let s = "\\u{110000}"', 1, /invalid unicode scalar/],
  ['let s = "\\(name"\nlet b = 2', 1, /cannot find '\)' to match opening '\('/],
  ['let s = "\\(a b)"', 1, /expected ',' separator/],
  ['let a = 1\n/* never closed', 2, /unterminated '\/\*' comment/],
  ['let a = 1\n*/', 2, /unexpected end of block comment/],
  ["let c = 'x'", 1, /single-quoted string literal/],
  ['let n = 0xZZ', 1, /not a valid hexadecimal digit/],
  ['let n = 0b12', 1, /not a valid binary digit/],
  ['let n = 12ab', 1, /not a valid digit in integer literal/],
  ['let n = 1.5e', 1, /digit in floating point exponent/],
  ['let a = 1\nlet b = \u0007 2', 2, /invalid character in source file/],
  ['let r = #/open\nlet a = 1', 1, /unterminated regex literal/],
  ['}\nlet a = 1', 1, /extraneous '}' at top level/],
  ['struct A {\n  let a = 1\n', 3, /expected '}' in struct/],
  ['class A {\n  func f() {\n  }\n', 4, /expected '}' in class/],
  ['func f() {\n  if a {\n  }\n', 4, /expected '}' at end of brace statement/],
  ['let f = {\n  a()\n', 3, /expected '}' at end of closure/],
  ['a()\nf(1, 2\nlet b = 2', 2, /expected '\)' in expression list/],
  ['f(1 2)', 1, /expected ',' separator/],
  ['f(a, , b)', 1, /unexpected ',' separator/],
  ['let a = [1, 2\nlet b = 3', 1, /expected ']' in container literal/],
  ['let a = [1 2]', 1, /expected ',' separator/],
  ['let a = ["a": 1, "b"]', 1, /expected ':' in dictionary literal/],
  ['f(1))', 1, /unexpected '\)'/],
  ['#if DEBUG\nlet a = 1\n', 3, /expected #else or #endif/],
  ['let a = 1\n#endif', 2, /unexpected conditional compilation block terminator/],
  ['#if DEBUG\n#else\n#elseif os(iOS)\n#endif', 3, /further conditions after #else/],
  ['#error("not here")', 1, /not here/],
  ['func (a: Int) {}', 1, /expected identifier in function declaration/],
  ['struct {\n}', 1, /expected identifier in struct declaration/],
  ['let class = 3', 1, /keyword 'class' cannot be used as an identifier/],
  ['func default() {}', 1, /keyword 'default' cannot be used as an identifier/],
  ['func f {\n}', 1, /expected '\(' in argument list/],
  ['struct A\n  let a = 1\n', 1, /expected '{' in struct/],
  ['func f()\nlet a = 1', 1, /expected '{' in body of function/],
  ['let = 5', 1, /expected pattern/],
  ['let a =\nlet b = 2', 1, /expected initial value after '='/],
  ['let a= 5', 1, /consistent whitespace on both sides/],
  ['let a: = 5', 1, /expected type/],
  ['func f() -> {\n}', 1, /expected type for function result/],
  ['func f(a: ) {}', 1, /expected parameter type following ':'/],
  ['func f(a) {}', 1, /requires an explicit type/],
  ['func f(a b Int) {}', 1, /expected ':' following argument label/],
  ['func f(a: Int {\n}', 1, /expected '\)' in parameter/],
  ['var a = 1 var b = 2', 1, /consecutive statements on a line/],
  ['struct A { let a = 1 let b = 2 }', 1, /consecutive declarations on a line/],
  ['let a = 1 +\nlet b = 2', 1, /expected expression/],
  ['let a = b ? 1\nlet c = 2', 1, /expected ':' after '\? \.\.\.'/],
  ['let a = - 5', 1, /unary operator cannot be separated/],
  ['if {\n}', 1, /missing condition in 'if' statement/],
  ['while {\n}', 1, /missing condition in 'while' statement/],
  ['if a\n  b()\n', 1, /expected '{' after 'if' condition/],
  ['if a { } else b()', 1, /expected '{' or 'if' after 'else'/],
  ['guard let a = b {\n  return\n}', 1, /expected 'else' after 'guard' condition/],
  ['for a 1...2 {\n}', 1, /expected 'in' after for-each pattern/],
  ['for a in {\n}', 1, /expected Sequence expression/],
  ['switch {\n}', 1, /expected expression in 'switch' statement/],
  ['switch a {\n  b()\n}', 2, /must be covered by a 'case' or 'default'/],
  ['switch a {\ncase .b\n  c()\n}', 2, /expected ':' after 'case'/],
  ['case .a: b()', 1, /'case' label can only appear inside a 'switch'/],
  ['do {\n} catch a\nb()', 2, /expected '{' after 'catch' pattern/],
  ['repeat {\n} until a', 2, /expected 'while' after body of 'repeat'/],
  ['func f() {\n  throw\n}', 2, /expected expression in 'throw' statement/],
  ['struct A {\n  print("x")\n}', 2, /expected declaration/],
  ['struct A {\n  case a\n}', 2, /'case' is not allowed outside of an enum/],
  ['enum A {\n  case 1\n}', 2, /expected identifier in enum 'case'/],
  ['@ objc func f() {}', 1, /expected an attribute name/],
  ['a.\nlet b = 1', 1, /expected member name following '\.'/],
  ['import\nlet a = 1', 1, /expected module name in import/],
  ['private private let a = 1', 1, /duplicate modifier/],
  ['var a: Array<Int = []', 1, /expected '>' to complete generic argument list/],
  ['typealias A', 1, /expected '=' in type alias/],
  ['subscript(i: Int) -> Int', 1, /expected '{' in subscript/],
  ['init()\nlet a = 1', 1, /expected '{' in body of initializer/],
  ['let a = .', 1, /expected identifier after '\.'/],
]

describe('syntax faults', () => {
  it('tells more than twenty-five classes apart', () => {
    expect(new Set(faults.map(([, , message]) => message.source)).size).toBeGreaterThan(60)
  })

  it.each(faults)('%j is wrong on line %i: %s', (source, line, message) => {
    const [first] = parseFile(source, holds).diagnostics
    expect({line: first?.line, message: first?.message}).toEqual({line, message: expect.stringMatching(message)})
  })

  it('stays at its line when the fault stands in the middle of a long file', () => {
    const text = readFileSync(join(valid, 'Types.swift'), 'utf8')
    const lines = text.split('\n')
    const at = lines.findIndex((line) => line.includes('func describe()'))
    lines[at] = '    func describe( -> String { "\\(area)" }'
    const found = parseFile(lines.join('\n'), holds).diagnostics
    expect(found.map(({line}) => line)).toEqual([at + 1])
  })

  it('reports several faults of one file, one per line', () => {
    const {diagnostics} = parseFile('let = 1\nfunc ok() {}\nlet b c\nlet d = 4\nf(1 2)\n', holds)
    expect(diagnostics.map(({line}) => line)).toEqual([1, 3, 5])
  })
})

describe('valid Swift', () => {
  it.each(readdirSync(valid))('%s has no fault', (name) => {
    const {diagnostics, statements} = parseFile(readFileSync(join(valid, name), 'utf8'), holds)
    expect(diagnostics.filter(({severity}) => severity === 'error')).toEqual([])
    expect(statements.length).toBeGreaterThan(3)
  })

  it('never throws and always ends, whatever is cut out of it or put into it', () => {
    const texts = readdirSync(valid).map((name) => readFileSync(join(valid, name), 'utf8'))
    const pieces = fc.constantFrom(
      '(',
      ')',
      '{',
      '}',
      '[',
      ']',
      '"',
      '"""',
      '\\(',
      '/*',
      '*/',
      '#if X',
      '#endif',
      '<',
      '>',
      '@',
      '.',
      ':',
      'case',
      'else',
      '\u{1F600}',
    )
    fc.assert(
      fc.property(fc.constantFrom(...texts), fc.nat(), fc.nat(200), pieces, (text, at, length, piece) => {
        const start = at % text.length
        const {diagnostics} = parseFile(text.slice(0, start) + piece + text.slice(start + length), holds)
        const lines = text.split('\n').length + 1
        for (const {line, column} of diagnostics) expect(line >= 1 && line <= lines && column >= 1).toBe(true)
      }),
      {numRuns: 150},
    )
  })
})
