import {isRchError, type Connection, type VerbCall} from '@rch/contract'
import {errorToWire, isVerb} from '@rch/contract/protocol'
import {withoutSecrets, type Exchange, type RecordedAnswer} from './transcript.ts'

/** The connection, with every answered call handed to `keep`. Calls that got no answer are no exchange. */
export function recordConnection(connection: Connection, keep: (exchange: Exchange) => void): Connection {
  return {
    get peer() {
      return connection.peer
    },
    roundTripMs: () => connection.roundTripMs(),
    close: () => connection.close(),
    call: async (call, signal) => {
      const events: string[] = []
      const log: Uint8Array[] = []
      const finish = (answer: RecordedAnswer): void => {
        if (!isVerb(call.verb)) return
        keep({verb: call.verb, request: withoutSecrets(call.payload), events, log: Buffer.concat(log).toString('base64'), answer})
      }
      try {
        const response = await connection.call(listening(call, events, log), signal)
        finish({ok: true, payload: response.payload, body: response.body === null ? null : Buffer.from(response.body).toString('base64')})
        return response
      } catch (error) {
        if (isRchError(error) && error.data['indeterminate'] === undefined) finish({ok: false, error: errorToWire(error)})
        throw error
      }
    },
  }
}

function listening(call: VerbCall, events: string[], log: Uint8Array[]): VerbCall {
  return {
    ...call,
    onEvent: (event, line) => {
      events.push(line)
      call.onEvent?.(event, line)
    },
    onLog: (bytes) => {
      log.push(bytes)
      return call.onLog?.(bytes)
    },
  }
}
