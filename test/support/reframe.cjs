// Stands between a host and the worker that it starts, for tests that look at what the two say, or have the worker say something else.
const {spawn} = require('node:child_process')
const {createHash} = require('node:crypto')
const {appendFileSync} = require('node:fs')

/**
 * Changes what a worker answers about a source: `bitmap` the bytes of a bitmap, which are described anew; `damage` the same and leaves
 * their description; `payload` the payload of every answer about an upload.
 */
exports.reframe = (worker, {bitmap, damage, payload: change}) => {
  const child = start(worker)
  process.stdin.pipe(child.stdin)
  child.stdout.on(
    'data',
    frames((message, body) => changed(message, body).forEach((part) => process.stdout.write(part))),
  )

  function changed(message, body) {
    const {payload} = message
    if (payload !== undefined && 'upload_id' in payload && change) message.payload = change(payload) || payload
    const stream = payload?.stream
    if (stream?.format !== 'bitmap' || !(bitmap || damage)) return [JSON.stringify(message) + '\n', body]
    if (damage) return [JSON.stringify(message) + '\n', damage(Buffer.from(body))]
    const lie = bitmap(Buffer.from(body))
    Object.assign(stream, {compression: 'none', content_length: lie.length, content_sha256: createHash('sha256').update(lie).digest('hex')})
    return [JSON.stringify(message) + '\n', lie]
  }
}

/** Writes down each chunk of contents that arrives whole, and how far each answer to one acknowledges: a line of JSON for each. */
exports.record = (worker, file) => {
  const child = start(worker)
  const say = (line) => appendFileSync(file, JSON.stringify({connection: process.pid, ...line}) + '\n')
  const asked = new Map()
  const up = frames(({op, request_id, payload}, body) => {
    if (op !== 'upload_blobs') return
    const upload = payload.stream?.upload_id ?? payload.upload_id
    asked.set(request_id, upload)
    if (body.length > 0) say({upload, offset: payload.stream.offset})
  })
  const down = frames(({request_id, payload}) => {
    if (asked.has(request_id) && payload) say({upload: asked.get(request_id), next: payload.next_offset})
  })
  process.stdin.on('data', up).pipe(child.stdin)
  child.stdout.on('data', down).pipe(process.stdout)
}

function start([command, ...args]) {
  const child = spawn(command, args, {stdio: ['pipe', 'pipe', 'inherit']})
  child.stdin.on('error', () => {})
  child.on('close', (code) => process.exit(code ?? 1))
  return child
}

/** A listener for the bytes of one direction that calls `each` with every message and what follows it. */
function frames(each) {
  let held = Buffer.alloc(0)
  return (bytes) => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const end = held.indexOf(10)
      if (end < 0) return
      const message = JSON.parse(held.subarray(0, end).toString())
      const length = message.payload?.stream?.content_length ?? 0
      if (held.length < end + 1 + length) return
      const body = held.subarray(end + 1, end + 1 + length)
      held = held.subarray(end + 1 + length)
      each(message, body)
    }
  }
}
