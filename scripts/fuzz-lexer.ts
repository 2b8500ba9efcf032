// Compares the classifier's lexer with real bash and zsh on as many generated lines as wanted, and records the result.
// npm run fuzz:lexer -- --lines 1000000 --seed 1 --record
import {spawnSync} from 'node:child_process'
import {writeFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {parseArgs} from 'node:util'
import {classify} from '../plugins/classifier-xcodebuild/src/classify.ts'
import {readLine} from '../plugins/classifier-xcodebuild/src/shell/line.ts'
import {compareLines, type Disagreement} from '../plugins/classifier-xcodebuild/test/support/compare-lines.ts'
import {POLICY, PROFILE} from '../plugins/classifier-xcodebuild/test/support/gate.ts'
import {generateLines} from '../plugins/classifier-xcodebuild/test/support/generate-lines.ts'
import {ShellBench} from '../plugins/classifier-xcodebuild/test/support/shells.ts'

const CHUNK = 10_000
const GENEROUS = {...POLICY, drop_owned_paths: true, env_allow: ['CI', 'FOO_BAR', 'QUX']}

async function main(): Promise<void> {
  const {values} = parseArgs({
    options: {lines: {type: 'string', default: '1000000'}, seed: {type: 'string', default: '1'}, record: {type: 'boolean', default: false}},
  })
  const total = Number(values.lines)
  const seed = Number(values.seed)
  const disagreements: Disagreement[] = []
  let taken = 0
  let accepted = 0
  for (let done = 0; done < total; done += CHUNK) {
    const lines = generateLines(seed + done / CHUNK, Math.min(CHUNK, total - done))
    taken += lines.filter((line) => readLine(line)?.kind === 'command').length
    accepted += lines.filter((text) => classify({form: 'shell', text, cwd: '/repo'}, PROFILE, GENEROUS).verdict === 'accept').length
    const bench = new ShellBench()
    const found = await compareLines(bench, lines)
    bench.close()
    for (const one of found) console.log(JSON.stringify(one))
    disagreements.push(...found)
    console.log(`${done + lines.length} lines, ${taken} taken, ${accepted} accepted, ${disagreements.length} disagreements`)
  }
  if (values.record)
    writeFileSync(
      fileURLToPath(new URL('../docs/classifier-proof.md', import.meta.url)),
      proof(total, seed, taken, accepted, disagreements.length),
    )
  process.exitCode = disagreements.length === 0 ? 0 : 1
}

function proof(lines: number, seed: number, taken: number, accepted: number, disagreements: number): string {
  const version = (shell: string): string => spawnSync(shell, ['--version'], {encoding: 'utf8'}).stdout.split('\n')[0] ?? ''
  return `# The lexer against real shells

Every line is generated from a seed, from tame to hostile. Whatever the lexer takes is run in both shells with a program that
records its words, its directory and its environment; a disagreement is any difference from what the lexer read. A line may
also start nothing at all, where its own other parts keep it from running: a command in front that fails, a redirection that
cannot be opened, a rest that is no program to the shell. Starting nothing is then no disagreement; starting anything else is.
A difference counts when it shows three times.

| | |
| --- | --- |
| lines | ${lines.toLocaleString('en')} (seeds from ${seed}) |
| taken by the lexer, each run in both shells | ${taken.toLocaleString('en')} |
| accepted by the gate | ${accepted.toLocaleString('en')} |
| **disagreements** | **${disagreements}** |
| bash | ${version('bash')} |
| zsh | ${version('zsh')} |

Again: \`npm run fuzz:lexer -- --lines ${lines} --seed ${seed} --record\`. A smaller run of the same is part of \`npm test\`.
`
}

await main()
