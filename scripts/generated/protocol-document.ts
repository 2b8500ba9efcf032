import {
  FEATURE_TABLE,
  FEATURES,
  MAX_CHUNK_BYTES,
  MAX_COMMAND_BYTES,
  MAX_IN_FLIGHT,
  MAX_LINE_BYTES,
  VERBS,
  verbRow,
  isVerb,
} from '@rch/contract/protocol'
import {SERVED_FEATURES} from '../../src/worker/features.ts'
import type {GeneratedFile} from '../generate.ts'

/** `docs/protocol.md`: how host and harness talk, with every verb and feature there is. */
export function protocolDocument(): GeneratedFile {
  return {path: 'docs/protocol.md', render}
}

function render(): string {
  return `# Protocol

How a host and \`rch-xcode-worker\` talk, over SSH or on one machine. The payload of each verb has a schema in \`schemas/rch-xcode\`.
This page is written by \`npm run generate\` from the tables in \`plugins/contract/src/protocol\`.

## Channels

The host starts the harness and nothing else. Over SSH a forced command does it: the key's line in \`authorized_keys\` says
\`restrict,command="rch-xcode-worker --forced=<role>:<owner>"\`, and the verb is the whole of \`SSH_ORIGINAL_COMMAND\`: no arguments,
at most ${MAX_COMMAND_BYTES} bytes. The \`local\` transport starts the same program in the same way. The login shell of the worker's account must
print nothing; \`/bin/sh\` does not.

An exit status or a closed channel is never an outcome. What was asked and not answered is indeterminate until \`status\` is asked.
Cancelling is a verb on another channel.

## Framing

A request, on stdin, is one line of JSON, then exactly \`content_length\` bytes when \`payload.stream\` is there:

    {"protocol_version":1,"op":"<verb>","request_id":"…","payload":{…,"stream":{"format","compression","content_length","content_sha256","upload_id"?,"offset"?,"last"?}}}

An answer, on stdout, is zero or more event lines (objects with a \`type\`), then one response line, then exactly \`content_length\` bytes
when its payload has a \`stream\`:

    {"protocol_version":1,"request_id":"…","ok":true,"payload":{…}}
    {"protocol_version":1,"request_id":"…","ok":false,"error":{"code","error_code","message","retryable","hint","data"}}

- A line holds at most ${MAX_LINE_BYTES} bytes of strict JSON (UTF-8, no duplicate keys) and ends with \`\\n\`. \`request_id\` is \`null\` in a
  refusal of a request that could not be read.
- At most ${MAX_CHUNK_BYTES} bytes follow a line; longer streams are cut into chunks, one request or answer each, up to ${MAX_IN_FLIGHT} in flight.
  A chunk is checked before anything of it is used. One of \`upload_blobs\` may be without \`content_sha256\` where the worker says \`upload_unhashed\`: each
  content in it is checked by its own digest, and what stands between them by what has to stand there.
- stderr is the job's log, byte for byte, where the table says so; elsewhere it holds diagnostics that only explain failures.
- \`probe\` says \`protocol_version\` 0, since nothing is agreed before its answer; every other request says one from that answer's
  \`protocol_min\` to \`protocol_max\`.
- A violation ends the channel with \`protocol_error\`, which names the field.

## Verbs

| verb | does | keys | bytes in | bytes out | events | stderr is the log | since |
| --- | --- | --- | --- | --- | --- | --- | --- |
${Object.keys(VERBS).filter(isVerb).map(verbLine).join('\n')}

A \`session\` carries every verb of its key except \`session\`, \`run\` and a following \`tail\`, one request after the other, until its input ends. What is sent
before the last answer has come waits its turn.

## Features

What \`probe\` may list in \`features\`; a host ignores the ones it does not know.

| feature | means | since |
| --- | --- | --- |
${FEATURES.map((name) => `| \`${name}\` | ${FEATURE_TABLE[name]} | ${SERVED_FEATURES.includes(name) ? '0.1.0' : 'planned'} |`).join('\n')}
`
}

function verbLine(verb: keyof typeof VERBS): string {
  const {summary, keys, streamIn, streamOut, events, log, since} = verbRow(verb)
  const cells = [`\`${verb}\``, summary, keys.join(', '), streamIn.join(', '), streamOut.join(', '), when(events), when(log), since]
  return `| ${cells.join(' | ')} |`
}

function when(when: 'never' | 'always' | 'follow'): string {
  return when === 'never' ? '' : when === 'always' ? 'yes' : 'with `follow`'
}
