import {writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {HARNESS, type Lab} from './lab.ts'

/** A regular expression and what stands in its place; both sides of the same length, since bodies are announced by theirs. */
export type Bend = readonly [from: string, to: string]

/**
 * A worker that ends as soon as a request has the words of `dies`, and between whom and the host words are changed on the way, as one of another release, or a broken one, would say them.
 * Answers the environment that has the shipped `rch` start it.
 */
export function bentWorker(
  lab: Lab,
  bends: {readonly requests?: readonly Bend[]; readonly answers?: readonly Bend[]; readonly dies?: string},
): NodeJS.ProcessEnv {
  const file = join(lab.dir, 'bent-worker.js')
  writeFileSync(file, SCRIPT)
  return {RCH_XCODE_WORKER: file, RCH_BENDS: JSON.stringify({requests: [], answers: [], dies: null, ...bends})}
}

const SCRIPT = `
const {spawn} = require('node:child_process')
const {Transform} = require('node:stream')
const {requests, answers, dies} = JSON.parse(process.env.RCH_BENDS)
const bend = (pairs) => new Transform({
  transform(chunk, _encoding, done) {
    let text = chunk.toString('latin1')
    if (dies !== null && pairs === requests && new RegExp(dies).test(text)) process.exit(1)
    for (const [from, to] of pairs) text = text.replace(new RegExp(from, 'gm'), to)
    done(null, Buffer.from(text, 'latin1'))
  },
})
const child = spawn(process.execPath, [${JSON.stringify(HARNESS)}, ...process.argv.slice(2)], {stdio: ['pipe', 'pipe', 'inherit']})
child.stdin.on('error', () => {})
process.stdin.pipe(bend(requests)).pipe(child.stdin)
child.stdout.pipe(bend(answers)).pipe(process.stdout)
child.on('close', (code) => { process.exitCode = code ?? 1 })
`
