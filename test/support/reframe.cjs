// Runs a worker, and changes what it answers about a source on the way to the host.
// `bitmap` changes the bytes of a bitmap and describes them anew; `damage` changes them and leaves their description; `payload` changes
// the payload of every answer that tells the progress of an upload.
const {spawn} = require('node:child_process')
const {createHash} = require('node:crypto')

exports.reframe = ([command, ...args], {bitmap, damage, payload: change}) => {
  const child = spawn(command, args, {stdio: ['pipe', 'pipe', 'inherit']})
  child.stdin.on('error', () => {})
  process.stdin.pipe(child.stdin)
  let held = Buffer.alloc(0)
  child.stdout.on('data', (bytes) => {
    held = Buffer.concat([held, bytes])
    for (;;) {
      const end = held.indexOf(10)
      if (end < 0) return
      const line = held.subarray(0, end).toString()
      const message = JSON.parse(line)
      const length = message.payload?.stream?.content_length ?? 0
      if (held.length < end + 1 + length) return
      const body = held.subarray(end + 1, end + 1 + length)
      held = held.subarray(end + 1 + length)
      for (const part of changed(message, body)) process.stdout.write(part)
    }
  })
  child.on('close', (code) => (process.exitCode = code ?? 1))

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
