import {LANE_VERSION} from '@rch/contract'
import {failedTests, firstPlace, type FindingDiagnostic, type Findings} from './findings.ts'
import {failureText, testName} from './words.ts'

export interface SarifResult {
  readonly ruleId: string
  readonly ruleIndex: number
  readonly level: 'error' | 'warning' | 'note'
  readonly message: {readonly text: string}
  readonly locations?: readonly SarifLocation[]
  readonly occurrenceCount?: number
  readonly partialFingerprints: Readonly<Record<string, string>>
}

interface SarifLocation {
  readonly physicalLocation: {
    readonly artifactLocation: {readonly uri: string; readonly uriBaseId?: 'SRCROOT'}
    readonly region?: {readonly startLine: number; readonly startColumn?: number}
  }
}

export interface SarifLog {
  readonly $schema: string
  readonly version: '2.1.0'
  readonly runs: readonly {
    readonly tool: {
      readonly driver: {
        readonly name: string
        readonly version: string
        readonly semanticVersion: string
        readonly rules: readonly {readonly id: string; readonly shortDescription: {readonly text: string}}[]
      }
    }
    readonly columnKind: 'utf16CodeUnits' | 'unicodeCodePoints'
    readonly results: readonly SarifResult[]
  }[]
}

/** SARIF 2.1.0: every diagnostic and every failed test. Paths inside the source tree are relative to `SRCROOT`, which consumers know. */
export function sarifLog({build, tests}: Findings): SarifLog {
  const rules = new Map<string, {readonly id: string; readonly text: string; readonly index: number}>()
  const rule = (id: string, text: string): Pick<SarifResult, 'ruleId' | 'ruleIndex'> => {
    const known = rules.get(id) ?? {id, text, index: rules.size}
    rules.set(id, known)
    return {ruleId: id, ruleIndex: known.index}
  }
  const results: SarifResult[] = []
  for (const diagnostic of build.diagnostics) {
    const {severity, message, category, code, count} = diagnostic
    results.push({
      ...rule(ruleId(diagnostic), code === null ? `A ${severity} of the ${category}` : `${code}, reported by the ${category}`),
      level: severity,
      message: {text: message},
      ...locations(diagnostic),
      ...(count > 1 ? {occurrenceCount: count} : {}),
      partialFingerprints: fingerprint(category, diagnostic.file, message),
    })
  }
  for (const message of build.unmarked_failures)
    results.push({
      ...rule('build/failure', 'The build failed'),
      level: 'error',
      message: {text: message},
      partialFingerprints: fingerprint('build', null, message),
    })
  for (const view of failedTests(tests)) {
    const failure = firstPlace(view.failures) ?? {file: null, line: null, column: null}
    const kind = view.crashed ? 'crash' : view.timed_out ? 'timeout' : 'failure'
    results.push({
      ...rule(`test/${kind}`, `A test ${kind === 'failure' ? 'failed' : kind === 'crash' ? 'crashed' : 'timed out'}`),
      level: 'error',
      message: {text: `${testName(view)}: ${failureText(view)}`},
      ...locations(failure),
      partialFingerprints: fingerprint('test', view.test.id, failureText(view)),
    })
  }
  return {
    $schema: 'https://json.schemastore.org/sarif-2.1.0.json',
    version: '2.1.0',
    runs: [
      {
        tool: {
          driver: {
            name: 'rch xcode',
            version: LANE_VERSION,
            semanticVersion: LANE_VERSION,
            rules: [...rules.values()].map(({id, text}) => ({id, shortDescription: {text}})),
          },
        },
        columnKind: 'utf16CodeUnits',
        results,
      },
    ],
  }
}

function ruleId({category, severity, code}: FindingDiagnostic): string {
  return `${category}/${code ?? severity}`
}

function locations({
  file,
  line,
  column,
}: {
  readonly file: string | null
  readonly line: number | null
  readonly column: number | null
}): Pick<SarifResult, 'locations'> {
  if (file === null || file === '') return {}
  const absolute = file.startsWith('/')
  const uri = file.toWellFormed().split('/').map(encodeURIComponent).join('/')
  const region =
    line === null || line < 1 ? {} : {region: {startLine: line, ...(column === null || column < 1 ? {} : {startColumn: column})}}
  return {locations: [{physicalLocation: {artifactLocation: absolute ? {uri: `file://${uri}`} : {uri, uriBaseId: 'SRCROOT'}, ...region}}]}
}

/** Stays the same when lines move, so that a consumer can tell old findings from new ones. */
function fingerprint(kind: string, file: string | null, message: string): Readonly<Record<string, string>> {
  return {'rch/v1': `${kind}:${file ?? ''}:${message.replace(/\d+/g, '#').slice(0, 200).toWellFormed()}`}
}
