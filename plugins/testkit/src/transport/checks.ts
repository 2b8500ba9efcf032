import assert from 'node:assert/strict'
import {join} from 'node:path'
import {ERRORS} from '@rch/contract'
import {describeStream, MAX_CHUNK_BYTES} from '@rch/contract/protocol'
import {checkTools, failure, inTempDir, raw} from './check-tools.ts'
import {countedCalls, fakeBytes} from './fake-harness.ts'
import type {TransportCheck} from './transport-check.ts'

/** The suite. `noticeMs` is longer than any transport may take to notice what happens on this machine. */
export function transportChecks(noticeMs = 15_000): readonly TransportCheck[] {
  const {ask, check, until, within} = checkTools(noticeMs)
  return [
    check('hands over the request and the answer as they are', async (connection) => {
      const echo = {text: 'äöü\u0000\u2028"\\', deep: [{a: [1, 2.5, null, true]}]}
      const {payload, body} = await ask(connection, {do: 'echo', echo})
      assert.deepEqual(payload['echo'], echo)
      assert.equal(payload['op'], 'status')
      assert.equal(body, null)
    }),

    check('names the verb on the channel', async (connection) => {
      for (const verb of ['probe', 'status', 'cancel', 'gc']) {
        const {payload} = await connection.call({verb, payload: {}, protocolVersion: 1})
        assert.equal(payload['op'], verb)
      }
    }),

    check('carries bytes to the worker, up to the largest chunk', async (connection) => {
      for (const length of [0, 1, 65_537, MAX_CHUNK_BYTES]) {
        const body = fakeBytes(length)
        const stream = describeStream('blobs', body)
        const {payload} = await connection.call({verb: 'upload_blobs', payload: {stream}, body, protocolVersion: 1})
        assert.equal(payload['body_length'], length)
        assert.equal(payload['body_sha256'], stream.content_sha256)
      }
    }),

    check('carries bytes from the worker, up to the largest chunk', async (connection) => {
      for (const length of [0, 1, 65_537, MAX_CHUNK_BYTES]) {
        const {body} = await ask(connection, {do: 'body', length})
        assert.ok(body !== null && Buffer.from(body).equals(fakeBytes(length)), `${length} bytes must come back unchanged`)
      }
    }),

    check('hands over events in order, before the answer', async (connection) => {
      const seen: unknown[] = []
      const {payload} = await connection.call({
        verb: 'reserve',
        payload: {act: {do: 'events', count: 500}},
        protocolVersion: 1,
        onEvent: (event, line) => {
          assert.deepEqual(JSON.parse(line), event)
          seen.push(event['n'])
        },
      })
      assert.equal(payload['count'], 500)
      assert.deepEqual(seen, [...Array(500).keys()])
    }),

    check('hands over the log of a followed job byte for byte, all of it before the answer', async (connection) => {
      const chunks: Buffer[] = []
      const events: unknown[] = []
      const length = 3_000_001
      await connection.call({
        verb: 'run',
        payload: {act: {do: 'log', length}},
        protocolVersion: 1,
        onLog: (bytes) => void chunks.push(Buffer.from(bytes)),
        onEvent: (event) => events.push(event['type']),
      })
      assert.ok(Buffer.concat(chunks).equals(fakeBytes(length)), 'the log must be unchanged')
      assert.deepEqual(events, ['progress'])
    }),

    check('holds the log of a followed job back while its reader is busy', async (connection) => {
      const length = 1_000_001
      const chunks: Buffer[] = []
      const state = {busy: false, impatient: 0}
      const take = async (bytes: Uint8Array): Promise<void> => {
        if (state.busy) state.impatient += 1
        state.busy = true
        chunks.push(Buffer.from(bytes))
        await new Promise((resolve) => setTimeout(resolve, 2))
        state.busy = false
      }
      await within(
        connection.call({verb: 'run', payload: {act: {do: 'log', length}}, protocolVersion: 1, onLog: take}),
        'a log that is read slowly must come to its end',
      )
      assert.equal(state.impatient, 0, 'nothing may be handed over before the promise of the last bytes has settled')
      assert.ok(Buffer.concat(chunks).equals(fakeBytes(length)), 'the log must be unchanged')
    }),

    check('keeps what other verbs print on stderr away from the log', async (connection) => {
      let logged = 0
      await ask(connection, {do: 'log', length: 100_000}, {onLog: (bytes) => void (logged += bytes.length)})
      assert.equal(logged, 0)
    }),

    check("passes on the worker's own errors", async (connection) => {
      const error = await failure(ask(connection, {do: 'error', code: 'lease_expired', data: {lease_id: 'L1'}}))
      assert.equal(error.code, 'lease_expired')
      assert.deepEqual(error.data, {lease_id: 'L1'})
      assert.equal(error.hint, ERRORS.lease_expired.hint)
      assert.equal((await ask(connection, {do: 'echo'})).payload['op'], 'status')
    }),

    check('never takes an exit status for an answer', async (connection) => {
      for (const [status, after] of [
        [0, 'nothing'],
        [0, 'half_line'],
        [0, 'half_body'],
        [1, 'nothing'],
        [255, 'nothing'],
      ] as const) {
        const error = await failure(ask(connection, {do: 'exit', status, after}))
        assert.equal(error.code, 'worker_unreachable', `exit ${status} after ${after}`)
        assert.equal(error.data['indeterminate'], true, 'the request was sent, so its effect is unknown')
      }
    }),

    check('goes on after a broken channel', async (connection) => {
      await failure(ask(connection, {do: 'exit', status: 1, after: 'nothing'}))
      assert.equal((await ask(connection, {do: 'echo', echo: 'again'})).payload['echo'], 'again')
    }),

    check('never asks twice by itself', async (connection) => {
      await inTempDir(async (dir) => {
        const file = join(dir, 'calls')
        const given = new AbortController()
        const call = failure(ask(connection, {do: 'count', file, answer: false}, {verb: 'submit'}, given.signal))
        await until(() => countedCalls(file) > 0)
        given.abort()
        await call
        await ask(connection, {do: 'count', file, answer: true}, {verb: 'submit'})
        assert.equal(countedCalls(file), 2)
      })
    }),

    check('refuses what a shell printed before the harness', async (connection) => {
      const error = await failure(ask(connection, raw('Welcome to \u001b[1mmac\r\n{"ok":true}\n')))
      assert.equal(error.code, 'unexpected_output')
      assert.match(String(error.data['text']), /^Welcome to \\x1b\[1mmac\\x0d\\n/)
    }),

    check('refuses answers that break the framing', async (connection) => {
      for (const act of [
        raw('{"ok":tru\n'),
        raw('{"type":"x","type":"y"}\n'),
        {do: 'long_line'},
        raw('{"protocol_version":1,"request_id":"another","ok":true,"payload":{}}\n'),
        {do: 'wrong_id'},
        {do: 'wrong_digest'},
      ] as const) {
        const error = await failure(ask(connection, act))
        assert.equal(error.code, 'protocol_error')
      }
    }),

    check('refuses to send what is too large', async (connection) => {
      const body = fakeBytes(MAX_CHUNK_BYTES + 1)
      const error = await failure(
        connection.call({verb: 'upload_blobs', payload: {stream: describeStream('blobs', body)}, body, protocolVersion: 1}),
      )
      assert.equal(error.code, 'payload_too_large')
    }),

    check('gives a call up when it is told to', async (connection) => {
      await inTempDir(async (dir) => {
        for (const verb of ['status', 'run']) {
          const file = join(dir, verb)
          const given = new AbortController()
          const call = failure(ask(connection, {do: 'count', file, answer: false}, {verb}, given.signal))
          await until(() => countedCalls(file) > 0)
          given.abort()
          const error = await within(call, `an aborted ${verb} must end`)
          assert.equal(error.code, 'worker_unreachable')
          assert.equal(error.data['indeterminate'], true)
        }
      })
      assert.equal((await ask(connection, {do: 'echo'})).payload['op'], 'status')
    }),

    check('does not call at all when it was given up before', async (connection) => {
      await inTempDir(async (dir) => {
        const file = join(dir, 'calls')
        const error = await failure(ask(connection, {do: 'count', file, answer: true}, {}, AbortSignal.abort()))
        assert.equal(error.code, 'worker_unreachable')
        assert.equal(error.data['indeterminate'], false)
        assert.equal(countedCalls(file), 0)
      })
    }),

    check('makes calls at the same time', async (connection) => {
      const given = new AbortController()
      const stuck = ['run', 'status', 'status', 'status', 'status', 'status'].map((verb) =>
        failure(ask(connection, {do: 'hang'}, {verb}, given.signal)),
      )
      const {payload} = await within(ask(connection, {do: 'echo', echo: 1}, {verb: 'cancel'}), 'cancel must not wait for other calls')
      assert.equal(payload['op'], 'cancel')
      given.abort()
      await within(Promise.all(stuck), 'all of them must end')
    }),

    check('keeps answers of simultaneous calls apart', async (connection) => {
      const answers = await Promise.all(
        [...Array(8).keys()].map(async (echo) => (await ask(connection, {do: 'echo', echo})).payload['echo']),
      )
      assert.deepEqual(answers, [...Array(8).keys()])
    }),

    check('hands over an error of the listener, and goes on', async (connection) => {
      const mine = new Error('mine')
      const call = connection.call({
        verb: 'reserve',
        payload: {act: {do: 'events', count: 3}},
        protocolVersion: 1,
        onEvent: () => {
          throw mine
        },
      })
      await assert.rejects(call, (error) => error === mine)
      assert.equal((await ask(connection, {do: 'echo'})).payload['op'], 'status')
    }),

    check('closes whatever is going on, once and again, and then makes no calls', async (connection) => {
      const stuck = failure(ask(connection, {do: 'hang'}))
      const follow = failure(ask(connection, {do: 'hang'}, {verb: 'run'}))
      await ask(connection, {do: 'echo'})
      await within(connection.close(), 'close must not wait for calls')
      assert.equal((await within(stuck, 'calls must end at close')).code, 'worker_unreachable')
      assert.equal((await within(follow, 'follows must end at close')).code, 'worker_unreachable')
      await within(connection.close(), 'close may be called again')
      assert.equal((await failure(ask(connection, {do: 'echo'}))).code, 'worker_unreachable')
    }),

    check('says whom it speaks to', async (connection) => {
      await ask(connection, {do: 'echo'})
      const {host_key_fingerprint, verified} = connection.peer
      assert.ok(['pinned', 'ca', 'first_use', 'local'].includes(verified))
      if (verified === 'pinned' || verified === 'first_use') assert.match(String(host_key_fingerprint), /^SHA256:[A-Za-z0-9+/]{43}$/)
      assert.ok(connection.roundTripMs() >= 0)
    }),
  ]
}
