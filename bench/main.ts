import {execFileSync} from 'node:child_process'
import {existsSync, readFileSync, writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {PAIRS} from './compare.ts'
import {describeMachine} from './machine.ts'
import {renderLine, renderPage, renderSection, type SuiteOutcome} from './page.ts'
import {SUITES, type Suite} from './suites.ts'
import {missingTools} from './tools.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))
const PAGE = fileURLToPath(new URL('RESULTS.md', import.meta.url))

/**
 * Measures every suite, or the named ones, and writes what came out into `RESULTS.md`. A bar that is not met is a result; a
 * measure that breaks is an error (exit status 1), as is a name that is none (2).
 */
async function main(argv: readonly string[]): Promise<number> {
  const {values, positionals} = parseArgs({
    args: [...argv],
    allowPositionals: true,
    options: {pairs: {type: 'string', default: String(PAIRS)}},
  })
  const unknown = positionals.filter((name) => !SUITES.some((suite) => suite.name === name))
  if (unknown.length > 0) {
    console.error(`There is no suite ${unknown.join(', ')}; there are ${SUITES.map((suite) => suite.name).join(', ')}.`)
    return 2
  }
  const pairs = Math.max(1, Number(values.pairs) || PAIRS)
  let broken = false
  for (const suite of SUITES.filter(({name}) => positionals.length === 0 || positionals.includes(name))) {
    console.error(`${suite.title} …`)
    const outcome = await measure(suite, pairs)
    if ('rows' in outcome) for (const row of outcome.rows) console.log(renderLine(row))
    else console.log(`none ${suite.name}: ${outcome.problem}`)
    broken ||= 'broken' in outcome
    writePage(suite, outcome, pairs)
  }
  return broken ? 1 : 0
}

async function measure(suite: Suite, pairs: number): Promise<SuiteOutcome & {readonly broken?: true}> {
  const problem = missingTools(suite.needs)
  if (problem !== null) return {problem}
  try {
    return {rows: await suite.rows(pairs)}
  } catch (error) {
    console.error(error)
    return {broken: true, problem: 'the measure itself failed'}
  }
}

/** Written after every suite, so that an interrupted run keeps what it had. */
function writePage(suite: Suite, outcome: SuiteOutcome, pairs: number): void {
  const date = new Date().toISOString().slice(0, 10)
  const where = `${date}, at ${commit()}: ${describeMachine(suite.needs)}; ${pairs} pairs.`
  const page = existsSync(PAGE) ? readFileSync(PAGE, 'utf8') : ''
  const section = renderSection(suite, outcome, where)
  writeFileSync(
    PAGE,
    renderPage(
      page,
      new Map([[suite.name, section]]),
      SUITES.map(({name}) => name),
    ),
  )
}

function commit(): string {
  try {
    return execFileSync('git', ['rev-parse', '--short', 'HEAD'], {cwd: ROOT, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore']}).trim()
  } catch {
    return 'an exported tree'
  }
}

process.exitCode = await main(process.argv.slice(2))
