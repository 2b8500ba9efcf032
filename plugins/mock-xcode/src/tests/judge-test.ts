import type {Attribute, Expression} from '../swift/ast.ts'
import {walkStatements} from '../swift/walk.ts'
import {RequirementFailed} from '../interpret/checks.ts'
import {Interpreter} from '../interpret/interpreter.ts'
import {elements} from '../interpret/library.ts'
import type {Program} from '../interpret/program.ts'
import {Crashed, Recorder, Skipped, Thrown, Uncertain} from '../interpret/recorder.ts'
import {Scope} from '../interpret/scope.ts'
import {describe, unknown, type Value} from '../interpret/value.ts'
import {type DeclaredTest, displayName, functionName, traits} from './discover-tests.ts'
import type {TestArguments, TestOutcome, TestRecord} from './test-record.ts'

/** What a test does, as far as its source says. */
export function judgeTest(test: DeclaredTest, bundle: string, program: Program): TestRecord {
  const {declaration, file, framework, suite, attribute, suiteAttributes} = test
  const name = framework === 'xctest' ? `${declaration.name}()` : functionName(declaration)
  const attributes = [...suiteAttributes.flat(), ...(attribute === undefined ? [] : [attribute])]
  const skip = framework === 'xctest' ? undefined : disabled(attributes, program, file.text)
  const cases = skip === undefined && declaration.parameters.length > 0 ? argumentCases(test, program) : undefined
  const judged = cases?.map(({labelled, values, list}): TestArguments => ({
    labelled,
    values,
    count: list.length,
    outcome: runOnce(test, program, list),
  }))
  return {
    framework,
    target: bundle,
    module: bundle.replaceAll(/[^\w]/g, '_'),
    suite,
    suiteDisplays: suiteAttributes.map((level) => level.map(displayName).findLast((display) => display !== undefined) ?? null),
    name,
    display: displayName(attribute),
    file: file.path,
    line: attribute?.line ?? declaration.line,
    column: attribute?.column ?? declaration.column,
    tags: attributes.flatMap((one) =>
      traits(one)
        .filter((trait) => trait.name === 'tags')
        .flatMap((trait) => trait.arguments.flatMap(({value}) => (value.kind === 'member' ? [value.name] : []))),
    ),
    measures: measures(test),
    outcome:
      skip !== undefined ? {...empty, result: 'skipped', skip} : judged === undefined ? runOnce(test, program, []) : together(judged),
    arguments: judged ?? [],
  }
}

const empty: TestOutcome = {result: 'passed', issues: [], skip: undefined, crash: undefined, printed: [], notEvaluated: 0}

function runOnce(test: DeclaredTest, program: Program, values: readonly Value[]): TestOutcome {
  const {declaration, file, framework, suite} = test
  const recorder = new Recorder(file.path)
  const source = sourceOf(file.text)
  const interpreter = new Interpreter(program, recorder, source)
  const self: Value = {kind: 'instance', type: suite.at(-1) ?? '', fields: new Map(), reference: true}
  const scope = new Scope<Value>(undefined, self)
  const expectations =
    framework === 'xctest'
      ? (reason: string): string => `Expected failure '${reason}' but none recorded`
      : (): string => 'Known issue was not recorded'
  try {
    for (const setUp of ['setUp', 'setUpWithError', 'init']) {
      const found = program.types.get(suite.at(-1) ?? '')
      const declared = (setUp === 'init' ? found?.initializers : found?.functions)?.find(
        ({name, parameters}) => name === setUp && parameters.length === 0,
      )
      if (declared?.body !== undefined) interpreter.run(declared.body, new Scope<Value>(undefined, self))
    }
    for (const [index, {name}] of declaration.parameters.entries()) scope.declare(name, values[index] ?? unknown)
    const body = new Scope(scope)
    interpreter.run(declaration.body ?? [], body)
    while (recorder.expecting) recorder.endExpectation(expectations)
    return recorder.outcome()
  } catch (error) {
    if (error instanceof Skipped) return recorder.outcome({reason: error.reason, line: error.line})
    if (error instanceof RequirementFailed) return recorder.outcome()
    if (error instanceof Crashed) return recorder.outcome(undefined, error.message)
    if (error instanceof Uncertain || error instanceof RangeError) {
      recorder.notEvaluated += 1
      return recorder.outcome()
    }
    if (!(error instanceof Thrown)) throw error
    if (error.value.kind === 'instance' && error.value.type === 'XCTSkip') {
      const reason = error.value.fields.get('message')
      return recorder.outcome({reason: reason?.kind === 'string' ? reason.value : '', line: error.line})
    }
    const text = error.value.kind === 'unknown' ? 'The operation couldn’t be completed.' : describe(error.value)
    recorder.issue(
      framework === 'xctest' ? `failed: caught error: "${text}"` : `Caught error: ${error.value.kind === 'case' ? '.' : ''}${text}`,
      error.line,
      error.column,
    )
    return recorder.outcome()
  }
}

/** The first trait that keeps the test from running, by a condition that is plain. */
function disabled(
  attributes: readonly Attribute[],
  program: Program,
  text: string,
): {readonly reason: string; readonly line: number} | undefined {
  for (const attribute of attributes) {
    for (const trait of traits(attribute)) {
      const condition = trait.arguments.find(({label}) => label === 'if')
      const said = trait.arguments.find(({label, value}) => label === undefined && value.kind === 'string')
      const reason = said?.value.kind === 'string' ? said.value.segments.filter((segment) => typeof segment === 'string').join('') : ''
      if (trait.name === 'disabled' && condition === undefined) return {reason, line: attribute.line}
      if ((trait.name !== 'disabled' && trait.name !== 'enabled') || condition === undefined) continue
      const value = plainValue(condition.value, program, text)
      if (value.kind === 'bool' && value.value === (trait.name === 'disabled')) return {reason, line: attribute.line}
    }
  }
  return undefined
}

interface ArgumentCase {
  readonly labelled: string
  readonly values: string
  readonly list: readonly Value[]
}

/** The runs of a parameterised test; undefined when its arguments are not plain: then it runs once, on unknown ones. */
function argumentCases({attribute, declaration, file}: DeclaredTest, program: Program): readonly ArgumentCase[] | undefined {
  const written = attribute?.arguments ?? []
  const first = written.findIndex(({label}) => label === 'arguments')
  if (first < 0) return undefined
  const collections = written.slice(first)
  const rows =
    collections.length === 1 && collections[0] !== undefined
      ? singleCollection(collections[0].value, declaration.parameters.length, program, file.text)
      : product(collections.map(({value}) => items(value, program, file.text)))
  if (rows === undefined || rows.length > 2000) return undefined
  return rows.map((list) => ({
    labelled: list.map((value, index) => `${declaration.parameters[index]?.name ?? ''} → ${describe(value, true)}`).join(', '),
    values: list.map((value) => describe(value, true)).join(', '),
    list,
  }))
}

function singleCollection(
  expression: Expression,
  parameters: number,
  program: Program,
  text: string,
): readonly (readonly Value[])[] | undefined {
  if (expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.name === 'zip') {
    const [left, right] = expression.arguments.map(({value}) => items(value, program, text))
    if (left === undefined || right === undefined) return undefined
    return left.slice(0, right.length).map((value, index) => [value, right[index] ?? unknown])
  }
  const found = items(expression, program, text)
  return found?.map((value) => (parameters > 1 && value.kind === 'tuple' ? value.items.map((item) => item.value) : [value]))
}

function items(expression: Expression, program: Program, text: string): readonly Value[] | undefined {
  const value = plainValue(expression, program, text)
  if (value.kind === 'dictionary')
    return value.entries.map(([key, item]) => ({
      kind: 'tuple',
      items: [
        {label: 'key', value: key},
        {label: 'value', value: item},
      ],
    }))
  return elements(value)
}

function product(collections: readonly (readonly Value[] | undefined)[]): readonly (readonly Value[])[] | undefined {
  let rows: readonly (readonly Value[])[] = [[]]
  for (const collection of collections) {
    if (collection === undefined) return undefined
    rows = rows.flatMap((row) => collection.map((value) => [...row, value]))
  }
  return rows
}

function plainValue(expression: Expression, program: Program, text: string): Value {
  try {
    return new Interpreter(program, new Recorder(''), sourceOf(text)).evaluate(expression, new Scope<Value>())
  } catch {
    return unknown
  }
}

function sourceOf(text: string): (expression: Expression) => string {
  return ({start, end}) => text.slice(start, end).replaceAll(/\s+/g, ' ')
}

function together(cases: readonly TestArguments[]): TestOutcome {
  const outcomes = cases.map(({outcome}) => outcome)
  const rank = ['crashed', 'failed', 'expected-failure', 'skipped', 'passed'] as const
  return {
    result: rank.find((result) => outcomes.some((outcome) => outcome.result === result)) ?? 'passed',
    issues: outcomes.flatMap(({issues}) => issues),
    skip: outcomes.find(({skip}) => skip !== undefined)?.skip,
    crash: outcomes.find(({crash}) => crash !== undefined)?.crash,
    printed: outcomes.flatMap(({printed}) => printed),
    notEvaluated: outcomes.reduce((sum, {notEvaluated}) => sum + notEvaluated, 0),
  }
}

function measures({declaration, framework}: DeclaredTest): boolean {
  let found = false
  if (framework === 'xctest') {
    walkStatements(declaration.body ?? [], {
      expression: (expression) => {
        if (expression.kind === 'call' && expression.callee.kind === 'name' && expression.callee.name === 'measure') found = true
      },
    })
  }
  return found
}
