import {describe, expect, it} from 'vitest'
import {compilationConditions} from '../src/build/conditions.ts'
import {collectProgram} from '../src/interpret/program.ts'
import {parseFile} from '../src/swift/parse-file.ts'
import {discoverTests} from '../src/tests/discover-tests.ts'
import {judgeTest} from '../src/tests/judge-test.ts'
import type {TestRecord} from '../src/tests/test-record.ts'

const holds = compilationConditions('macosx', 'Debug', [])

function judge(source: string, reachable = ''): readonly TestRecord[] {
  const {statements, diagnostics} = parseFile(source, holds)
  expect(diagnostics).toEqual([])
  const file = {path: '/p/T.swift', text: source, statements}
  const program = collectProgram([parseFile(reachable, holds).statements, statements])
  return discoverTests([file]).map((test) => judgeTest(test, 'Tests', program))
}

function only(source: string, reachable?: string): TestRecord {
  const [first, ...rest] = judge(source, reachable)
  if (first === undefined || rest.length > 0) throw new Error(`expected one test, found ${rest.length + (first === undefined ? 0 : 1)}`)
  return first
}

/** The lines of the body begin at line 3. */
const xctest = (body: string): string => `class A: XCTestCase {\nfunc testIt() async throws {\n${body}\n}\n}`
const swiftTest = (body: string): string => `struct A {\n@Test func it() async throws {\n${body}\n}\n}`

type Row = [body: string, result: TestRecord['outcome']['result'], messages: readonly string[], notEvaluated?: number]

const xctestRows: readonly Row[] = [
  ['', 'passed', []],
  ['XCTFail()', 'failed', ['3: failed']],
  ['\nXCTFail("no \\(1 + 1)")', 'failed', ['4: failed - no 2']],
  ['XCTAssert(1 > 2)', 'failed', ['3: XCTAssertTrue failed']],
  ['XCTAssertTrue(true && false, "both")', 'failed', ['3: XCTAssertTrue failed - both']],
  ['XCTAssertFalse(2 == 2)', 'failed', ['3: XCTAssertFalse failed']],
  ['XCTAssertEqual(2 + 2 * 2, 8)', 'failed', ['3: XCTAssertEqual failed: ("6") is not equal to ("8")']],
  ['XCTAssertEqual("a" + "b", "ab")', 'passed', []],
  ['XCTAssertEqual([1, 2], [1, 3])', 'failed', ['3: XCTAssertEqual failed: ("[1, 2]") is not equal to ("[1, 3]")']],
  ['XCTAssertEqual(7 / 2, 3)\nXCTAssertEqual(-7 / 2, -3)\nXCTAssertEqual(7 % 3, 1)', 'passed', []],
  ['XCTAssertEqual(1.0, 1.2, accuracy: 0.1)', 'failed', ['3: XCTAssertEqual failed: ("1.0") is not equal to ("1.2") +/- ("0.1")']],
  ['XCTAssertNotEqual(3, 3)', 'failed', ['3: XCTAssertNotEqual failed: ("3") is equal to ("3")']],
  ['XCTAssertNil(5)', 'failed', ['3: XCTAssertNil failed: "5"']],
  ['XCTAssertNotNil(nil)', 'failed', ['3: XCTAssertNotNil failed']],
  ['XCTAssertGreaterThan(1, 2)', 'failed', ['3: XCTAssertGreaterThan failed: ("1") is not greater than ("2")']],
  ['XCTAssertLessThanOrEqual(3, 2)', 'failed', ['3: XCTAssertLessThanOrEqual failed: ("3") is greater than ("2")']],
  ['let a = 2\nlet b = a * 3\nXCTAssertEqual(b, 7)', 'failed', ['5: XCTAssertEqual failed: ("6") is not equal to ("7")']],
  ['var a = 1\na += 4\nXCTAssertEqual(a, 5)', 'passed', []],
  ['if 1 < 2 { XCTFail("taken") } else { XCTFail("other") }', 'failed', ['3: failed - taken']],
  ['for i in 1...3 { XCTAssertNotEqual(i, 2) }', 'failed', ['3: XCTAssertNotEqual failed: ("2") is equal to ("2")']],
  ['guard 1 == 2 else { return }\nXCTFail()', 'passed', []],
  ['XCTAssertEqual(mystery(), 3)', 'passed', [], 1],
  ['let a = mystery()\nXCTAssertEqual(a, 3)\nXCTFail("sure")', 'failed', ['5: failed - sure'], 1],
  ['if mystery() { XCTFail() }', 'passed', [], 1],
  ['if mystery() { return }\nXCTFail()', 'passed', [], 1],
  ['do { try mystery(); XCTFail("should throw") } catch { }', 'passed', [], 1],
  ['var a = 1\nif mystery() { a = 2 }\nXCTAssertEqual(a, 1)', 'passed', [], 1],
  ['var a = 1\nmystery(&a)\nXCTAssertEqual(a, 1)', 'passed', [], 1],
  ['var a = 1\nmystery { a = 2 }\nXCTAssertEqual(a, 1)', 'passed', [], 1],
  ['throw Failure.broken', 'failed', ['3: failed: caught error: "The operation couldn’t be completed."']],
  ['XCTAssertThrowsError(try mystery())', 'passed', [], 1],
  ['throw XCTSkip("not here")', 'skipped', []],
  ['try XCTSkipIf(1 == 1, "always")', 'skipped', []],
  ['try XCTSkipUnless(1 == 1)\nXCTFail()', 'failed', ['4: failed']],
  ['XCTExpectFailure("known")\nXCTFail("x")', 'expected-failure', ['4: failed - x']],
  ['XCTExpectFailure("known") { XCTAssertTrue(false) }', 'expected-failure', ['3: XCTAssertTrue failed']],
  ['XCTExpectFailure("known") { XCTAssertTrue(true) }', 'failed', ["3: Expected failure 'known' but none recorded"]],
  ['XCTExpectFailure("known", strict: false) { }', 'passed', []],
  ['let a: Int? = nil\nprint(a!)', 'crashed', []],
  ['let a = [1, 2]\nprint(a[5])', 'crashed', []],
  ['fatalError("stop")', 'crashed', []],
]

const swiftRows: readonly Row[] = [
  ['#expect(true)', 'passed', []],
  ['#expect(false)', 'failed', ['3: Expectation failed: false']],
  ['#expect(1 + 1 == 3)', 'failed', ['3: Expectation failed: 1 + 1 == 3']],
  ['let sum = 4\n#expect(sum == 5, "adds up")', 'failed', ['4: Expectation failed: (sum → 4) == 5']],
  ['let a = 1, b = 2\n#expect(a == b)', 'failed', ['4: Expectation failed: (a → 1) == (b → 2)']],
  ['let isOn = false\n#expect(isOn)', 'failed', ['4: Expectation failed: isOn → false']],
  ['try #require(1 == 2)\nIssue.record("not reached")', 'failed', ['3: Expectation failed: 1 == 2']],
  ['Issue.record("by hand")', 'failed', ['3: Issue recorded']],
  ['#expect(throws: (any Error).self) { 1 + 1 }', 'failed', ['3: Expectation failed: an error was expected but none was thrown']],
  ['#expect(throws: (any Error).self) { throw Broken() }', 'passed', []],
  ['withKnownIssue("later") { #expect(1 == 2) }', 'expected-failure', ['3: Expectation failed: 1 == 2']],
  ['withKnownIssue { #expect(1 == 1) }', 'failed', ['3: Known issue was not recorded']],
  ['withKnownIssue(isIntermittent: true) { #expect(1 == 1) }', 'passed', []],
  ['#expect(mystery() == 3)', 'passed', [], 1],
  ['#expect("abc".count == 3 && [1, 2].contains(2) && !"".isEmpty == false)', 'passed', []],
  ['#expect([3, 1, 2].sorted().map { $0 * 2 } == [2, 4, 6])', 'passed', []],
]

const shown = ({outcome}: TestRecord): unknown => ({
  result: outcome.result,
  messages: outcome.issues.map(({line, message}) => `${line}: ${message}`),
  notEvaluated: outcome.notEvaluated,
})

describe('what a test does follows from its source', () => {
  it.each<Row>(xctestRows)('XCTest: %j → %s', (body, result, messages, notEvaluated = 0) => {
    expect(shown(only(xctest(body)))).toEqual({result, messages, notEvaluated})
  })

  it.each<Row>(swiftRows)('Swift Testing: %j → %s', (body, result, messages, notEvaluated = 0) => {
    expect(shown(only(swiftTest(body), 'struct Broken: Error {}'))).toEqual({result, messages, notEvaluated})
  })

  it('runs functions, structs and enums that the test can reach', () => {
    const reachable = `
      func twice(_ n: Int) -> Int { n * 2 }
      struct Box { var items: [Int] = []; let name: String
        mutating func put(_ n: Int) { items.append(n) }
        var total: Int { items.reduce(0) { $0 + $1 } } }
      enum Level: Equatable { case low, high(Int)
        static func of(_ n: Int) -> Level { n > 3 ? .high(n) : .low } }
      extension Box { func label(prefix: String = "#") -> String { prefix + name } }`
    const good = only(
      swiftTest(
        'var box = Box(name: "b")\nbox.put(twice(2))\nbox.put(1)\n#expect(box.total == 5 && box.label() == "#b" && Level.of(4) == .high(4))',
      ),
      reachable,
    )
    expect(shown(good)).toEqual({result: 'passed', messages: [], notEvaluated: 0})
    const bad = only(swiftTest('var a = Box(name: "a")\nlet b = a\na.put(1)\n#expect(b.total == 1)'), reachable)
    expect(shown(bad)).toEqual({result: 'failed', messages: ['6: Expectation failed: (b.total → 0) == 1'], notEvaluated: 0})
  })

  it.each([
    [
      'a number becomes what its holder is',
      'let half: Double = 1 / 2\n#expect(half == 0.5)\nlet count = 7\n#expect(count / 2 == 3)\n#expect(mean([2, 5]) == 7 / 2)',
    ],
    [
      'a literal beside a fraction is one',
      '#expect(3.5 == 7 / 2)\nvar x = 1.5\nx = 2\n#expect(x / 4 == 0.5)\nlet list: [Double] = [1, 3]\n#expect(list[1] / 2 == 1.5)',
    ],
    [
      'structs are copied into collections and out of them',
      'var a = [Point(x: 1)]\nlet b = a\na[0].x = 5\nvar p = b[0]\np.x = 9\n#expect(b[0].x == 1)',
    ],
    ['a loop variable is a copy', 'let all = [Point(x: 1)]\nfor var p in all { p.x = 7; #expect(p.x == 7) }\n#expect(all[0].x == 1)'],
    ['text is compared as Swift compares it', '#expect("e\\u{301}" == "\\u{e9}")\n#expect("\u{1F469}\u{200D}\u{1F467}".count == 1)'],
    ['an object is shared', 'let a = Holder()\nlet b = a\nb.n = 4\n#expect(a.n == 4)'],
  ])('%s', (_, body) => {
    const reachable =
      'struct Point { var x: Int }\nclass Holder { var n = 1 }\nfunc mean(_ list: [Double]) -> Double { list.reduce(0) { $0 + $1 } / Double(list.count) }'
    expect(shown(only(swiftTest(body), reachable))).toEqual({result: 'passed', messages: [], notEvaluated: 0})
  })

  it.each([
    ['a set', 'let s: Set = [1, 1, 2]\n#expect(s.count == 3)'],
    ['a type that makes its own of a literal', 'let d: Decimal = 1\n#expect(d == 2)'],
    ['observers', 'var w = Watched()\nw.n = 2\n#expect(w.log == 0)'],
    ['an equality of its own', '#expect(Loose(n: 1) == Loose(n: 2))'],
    ['a variable that all can change', '#expect(Shared.count == 99)'],
    ['a function of any number of arguments', '#expect(sum(1) == 99)'],
    ['a nested function', 'func twice(_ n: Int) -> Int { 5 }\n#expect(twice(1) == 99)'],
    ['two types of one name', '#expect(Twin(n: 1).n == 99)'],
    ['bits', 'var n = 6\nn &= 3\n#expect(n == 99)'],
    ['a generic number', '#expect(same(1) == 99)'],
    ['a static member that looks like a case', '#expect(Size.of == .standard)'],
  ])('claims nothing of %s', (_, body) => {
    const reachable = `
      struct Watched { var log = 0; var n = 1 { didSet { log += 1 } } }
      struct Loose: Equatable { var n: Int; static func == (a: Loose, b: Loose) -> Bool { true } }
      enum Shared { static var count = 1 }
      enum Size { case small; static let standard = Size.small; static let of = Size.small }
      func sum(_ list: Int...) -> Int { 1 }
      func twice(_ n: Int) -> Int { n * 2 }
      func same<T>(_ value: T) -> T { value }
      struct A1 { struct Twin { var n: Int } }
      struct A2 { struct Twin { var n = 2 } }`
    expect(shown(only(swiftTest(body), reachable))).toEqual({result: 'passed', messages: [], notEvaluated: 1})
  })

  it('claims nothing of what a property wrapper, an overload or a switch decides', () => {
    const reachable = `
      struct S { @Wrapped var value = 1
        func pick(_ n: Int) -> Int { switch n { case 1: return 2; default: return 3 } } }
      func over(_ n: Int) -> Int { 1 }
      func over(_ n: String) -> Int { 2 }`
    const {outcome} = only(swiftTest('#expect(S().value == 2)\n#expect(S().pick(1) == 9)\n#expect(over(1) == 9)'), reachable)
    expect(outcome).toMatchObject({result: 'passed', notEvaluated: 3})
  })
})

describe('which tests a bundle has', () => {
  it('finds inherited, extended and nested tests, and leaves out what is none', () => {
    const found = judge(`
      class Base: XCTestCase { func testShared() {} }
      final class Child: Base { func testOwn() {} ; func helper() {} ; private func testHidden() {} ; func test(with n: Int) {} }
      extension Child { func testExtended() {} }
      class NotATest { func testNothing() {} }
      @Test func free() {}
      @Suite("Outer words") struct Outer { struct Inner { @Test(.tags(.fast)) func deep(_ a: Int = 1) {} } }
    `)
    expect(found.map(({suite, name}) => [...suite, name].join('/'))).toEqual([
      'Base/testShared()',
      'Child/testExtended()',
      'Child/testOwn()',
      'Child/testShared()',
      'free()',
      'Outer/Inner/deep(_:)',
    ])
    expect(found.at(-1)).toMatchObject({tags: ['fast'], suiteDisplays: ['Outer words', null]})
  })

  it('runs a parameterised test once per argument', () => {
    const test = only('@Test("Even", arguments: [2, 3, 4]) func even(n: Int) { #expect(n % 2 == 0) }')
    expect(test.display).toBe('Even')
    expect(test.arguments.map(({labelled, outcome}) => [labelled, outcome.result])).toEqual([
      ['n → 2', 'passed'],
      ['n → 3', 'failed'],
      ['n → 4', 'passed'],
    ])
  })

  it.each([
    ['zip([1, 2], ["a", "b"])', ['1, "a"', '2, "b"']],
    ['[1, 2], ["a", "b"]', ['1, "a"', '1, "b"', '2, "a"', '2, "b"']],
    ['[(1, "a"), (2, "b")]', ['1, "a"', '2, "b"']],
  ])('pairs the arguments %s', (list, values) => {
    expect(only(`@Test(arguments: ${list}) func two(n: Int, s: String) {}`).arguments.map((one) => one.values)).toEqual(values)
  })

  it('skips what a trait disables, with its reason', () => {
    const [first, second, third] = judge(
      '@Suite(.disabled("suite off")) struct A { @Test func a() { Issue.record() } }\n@Test(.disabled(if: 1 == 1)) func b() {}\n@Test(.enabled(if: mystery())) func c() {}',
    )
    expect([first?.outcome.skip?.reason, second?.outcome.result, third?.outcome.result]).toEqual(['suite off', 'skipped', 'passed'])
  })
})
