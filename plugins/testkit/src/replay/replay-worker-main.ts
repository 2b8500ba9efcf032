/** The replay worker as a program: `--transcript=<file> --forced=<role>:<owner>`, the verb in `SSH_ORIGINAL_COMMAND`. */
import {appendFileSync, existsSync, readFileSync} from 'node:fs'
import {errorFromWire} from '@rch/contract/protocol'
import {serveScripted} from '../serve-scripted.ts'
import {replayed} from './replay.ts'
import {readTranscript} from './transcript.ts'

const file = process.argv.find((word) => word.startsWith('--transcript='))?.slice('--transcript='.length) ?? ''
const notes = `${file}.used`
const transcript = readTranscript(file)

await serveScripted(
  ({verb, incoming, ...call}) => {
    const {exchange, index} = replayed(transcript, used(), verb, incoming.request.payload)
    appendFileSync(notes, `${index}\n`)
    call.log(Buffer.from(exchange.log, 'base64'))
    for (const line of exchange.events) call.line(line)
    const {answer} = exchange
    if (!answer.ok) call.fail(errorFromWire(answer.error))
    else call.respond(answer.payload, answer.body === null ? undefined : Buffer.from(answer.body, 'base64'))
  },
  {sessions: true},
)

function used(): readonly number[] {
  return existsSync(notes) ? readFileSync(notes, 'utf8').trimEnd().split('\n').map(Number) : []
}
