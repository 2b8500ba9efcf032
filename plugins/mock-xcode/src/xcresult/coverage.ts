import {basename} from 'node:path'
import type {FunctionDeclaration, Statement} from '../swift/ast.ts'
import type {TestFile} from '../tests/discover-tests.ts'
import type {StoredCoverage} from './bundle-data.ts'
import type {JsonObject} from './test-nodes.ts'

/**
 * Made-up coverage in the shape of the real one: a function counts as run when the source of a test names it, and each statement of it as
 * one line.
 */
export function coverageOf(
  targets: readonly {readonly name: string; readonly product: string; readonly files: readonly TestFile[]}[],
  tests: readonly TestFile[],
): readonly StoredCoverage[] {
  const named = new Set(tests.flatMap(({text}) => text.match(/\w+/g) ?? []))
  return targets.map(({name, product, files}) => ({
    name,
    product,
    files: files.map(({path, statements}) => ({
      path,
      functions: functionsIn(statements).map(({name: called, line, body}) => ({
        name: called,
        line,
        lines: Math.max(1, body?.length ?? 0),
        runs: named.has(called) ? 1 : 0,
      })),
    })),
  }))
}

/** What several bundles of tests ran of the same targets. */
export function joinCoverage(parts: readonly (readonly StoredCoverage[])[]): readonly StoredCoverage[] {
  const joined = new Map<string, StoredCoverage>()
  for (const target of parts.flat()) {
    const known = joined.get(target.name)
    joined.set(
      target.name,
      known === undefined
        ? target
        : {
            ...known,
            files: known.files.map((file, index) => ({
              ...file,
              functions: file.functions.map((one, place) => ({
                ...one,
                runs: Math.max(one.runs, target.files[index]?.functions[place]?.runs ?? 0),
              })),
            })),
          },
    )
  }
  return [...joined.values()]
}

function functionsIn(statements: readonly Statement[]): readonly FunctionDeclaration[] {
  return statements.flatMap((statement) => {
    if (statement.kind === 'function') return statement.body === undefined ? [] : [statement]
    return statement.kind === 'type' ? functionsIn(statement.members) : []
  })
}

/** `xccov view --report --json`. */
export function coverageAnswer(coverage: readonly StoredCoverage[]): JsonObject {
  const targets = coverage.map(({name, product, files}) => {
    const listed = files.map(({path, functions}) => ({
      name: basename(path),
      path,
      functions: functions.map((one) => ({
        name: `${one.name}()`,
        lineNumber: one.line,
        executionCount: one.runs,
        ...share(one.runs > 0 ? one.lines : 0, one.lines),
      })),
      ...share(
        functions.reduce((sum, one) => sum + (one.runs > 0 ? one.lines : 0), 0),
        functions.reduce((sum, one) => sum + one.lines, 0),
      ),
    }))
    return {name, buildProductPath: `/mock/${product}`, files: listed, ...total(listed)}
  })
  return {targets, ...total(targets), mock: true}
}

interface Share {
  readonly coveredLines: number
  readonly executableLines: number
  readonly lineCoverage: number
  readonly [key: string]: number
}

function total(parts: readonly Pick<Share, 'coveredLines' | 'executableLines'>[]): Share {
  return share(
    parts.reduce((sum, {coveredLines}) => sum + coveredLines, 0),
    parts.reduce((sum, {executableLines}) => sum + executableLines, 0),
  )
}

function share(coveredLines: number, executableLines: number): Share {
  return {coveredLines, executableLines, lineCoverage: executableLines === 0 ? 0 : coveredLines / executableLines}
}
