import {pathToFileURL} from 'node:url'
import type {BuildIssue} from '../build/issue.ts'
import type {BundleData} from './bundle-data.ts'
import type {JsonObject} from './test-nodes.ts'

/** `get build-results`. Lines and columns in its URLs count from zero. */
export function buildAnswer(data: BundleData): JsonObject {
  const of = (severity: BuildIssue['severity']): readonly BuildIssue[] => data.issues.filter((issue) => issue.severity === severity)
  const [errors, warnings] = [of('error'), of('warning')]
  const [device] = data.devices
  return {
    actionTitle: data.actionTitle,
    status: data.status === 'interrupted' ? 'cancelled' : errors.length > 0 ? 'failed' : 'succeeded',
    startTime: data.startedAt / 1000,
    endTime: data.finishedAt / 1000,
    destination: {...device},
    errorCount: errors.length,
    warningCount: warnings.length,
    analyzerWarningCount: 0,
    errors: errors.map(issueRow),
    warnings: warnings.map(issueRow),
    analyzerWarnings: [],
    mock: true,
  }
}

function issueRow(issue: BuildIssue): JsonObject {
  const swift = issue.file?.endsWith('.swift') === true
  return {
    issueType: swift ? `Swift Compiler ${issue.severity === 'error' ? 'Error' : 'Warning'}` : 'Uncategorized',
    message: issue.message.charAt(0).toUpperCase() + issue.message.slice(1),
    ...(issue.target === undefined ? {} : {targetName: issue.target}),
    ...(issue.file === undefined ? {} : {sourceURL: placeURL(issue.file, issue.line, issue.column)}),
    className: 'DVTTextDocumentLocation',
  }
}

export function placeURL(file: string, line = 1, column = 1): string {
  const [lineIndex, columnIndex] = [line - 1, column - 1]
  return `${pathToFileURL(file).href}#EndingColumnNumber=${columnIndex}&EndingLineNumber=${lineIndex}&StartingColumnNumber=${columnIndex}&StartingLineNumber=${lineIndex}`
}

/** `get content-availability`. */
export function availabilityAnswer(data: BundleData): JsonObject {
  return {
    hasCoverage: data.coverage !== undefined,
    hasDiagnostics: data.tests !== undefined,
    hasTestResults: data.tests !== undefined,
    logs: ['build', ...(data.tests === undefined ? [] : ['action', 'console'])],
  }
}

/** `get log --type build|action|console`. */
export function logAnswer(data: BundleData, type: string): JsonObject | undefined {
  if (type === 'console')
    return {
      title: 'Console (mock)',
      items: data.console
        .split('\n')
        .filter((line) => line !== '')
        .map((content) => ({kind: 'output', content})),
    }
  if (type !== 'build' && type !== 'action') return undefined
  return {
    title: data.actionTitle,
    type: type === 'build' ? 'com.apple.dt.unit.cocoaUnitTest' : 'com.apple.dt.IDE.IDEActivityLogSection.test',
    startTime: data.startedAt / 1000,
    duration: (data.finishedAt - data.startedAt) / 1000,
    result: data.status,
    subsections: data.steps.map((title) => ({title, duration: 0.001, result: 'succeeded', subsections: []})),
    messages: data.issues.map(({severity, message}) => ({type: severity, title: message})),
  }
}
