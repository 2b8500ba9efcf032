import {mkdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {type BuildRequest} from '../build/build-request.ts'
import {compilationConditions} from '../build/conditions.ts'
import {collectProgram} from '../interpret/program.ts'
import type {Target} from '../project/model.ts'
import type {StoredCoverage} from '../xcresult/bundle-data.ts'
import {coverageOf} from '../xcresult/coverage.ts'
import {parseFile} from '../swift/parse-file.ts'
import {discoverTests, type TestFile} from './discover-tests.ts'
import {judgeTest} from './judge-test.ts'
import type {TestRecord} from './test-record.ts'

/** What a built test bundle carries: its tests, and what each of them does. */
export interface TestBundle {
  readonly mock: true
  readonly target: string
  readonly kind: 'unit-test' | 'ui-test'
  readonly host: string | undefined
  readonly project: string
  readonly tests: readonly TestRecord[]
  /** What they would run of the targets that they test, in case somebody asks. */
  readonly coverage: readonly StoredCoverage[]
}

const fileName = 'mock-tests.json'

/** Judges the tests of a bundle against the sources it can reach and writes them beside its binary. */
export function writeTestBundle(request: BuildRequest, target: Target, tested: readonly Target[], product: string): void {
  const parse = ({sources, ...owner}: Target): readonly TestFile[] => {
    const settings = {...owner.settings(request.configuration), ...request.settings}
    const holds = compilationConditions(
      request.destination.sdk,
      request.configuration,
      (settings['SWIFT_ACTIVE_COMPILATION_CONDITIONS'] ?? '').split(/\s+/),
    )
    return sources
      .filter((path) => path.endsWith('.swift'))
      .map((path) => {
        const text = readFileSync(path, 'utf8')
        return {path, text, statements: parseFile(text, holds).statements}
      })
  }
  const own = parse(target)
  const parsed = tested.map((one) => ({name: one.name, product: one.product, files: parse(one)}))
  const program = collectProgram([...parsed.flatMap(({files}) => files), ...own].map(({statements}) => statements))
  const bundle: TestBundle = {
    mock: true,
    target: target.name,
    kind: target.kind === 'ui-test' ? 'ui-test' : 'unit-test',
    host: target.host,
    project: target.project,
    tests: discoverTests(own).map((test) => judgeTest(test, target.name, program)),
    coverage: coverageOf(parsed, own),
  }
  mkdirSync(product, {recursive: true})
  writeFileSync(join(product, fileName), `${JSON.stringify(bundle)}\n`)
}

/** The tests of the bundle at `product`; undefined when none was built there. */
export function readTestBundle(product: string): TestBundle | undefined {
  try {
    const parsed: unknown = JSON.parse(readFileSync(join(product, fileName), 'utf8'))
    return isBundle(parsed) ? parsed : undefined
  } catch {
    return undefined
  }
}

function isBundle(value: unknown): value is TestBundle {
  return (
    typeof value === 'object' && value !== null && 'mock' in value && value.mock === true && 'tests' in value && Array.isArray(value.tests)
  )
}
