import {isRchError, type Connection} from '@rch/contract'
import {isLineTrouble} from '../../domain/line-trouble.ts'

const TRIES = 3

/** Asks again when the answer was lost; for what may be asked twice, such as a reservation: the same one gets the same lease. */
export async function insist(
  connection: Connection,
  call: Parameters<Connection['call']>[0],
  signal: AbortSignal | undefined,
): ReturnType<Connection['call']> {
  for (let tries = 1; ; tries++) {
    try {
      return await connection.call(call, signal)
    } catch (error) {
      if (tries >= TRIES || !isRchError(error) || !isLineTrouble(error)) throw error
    }
  }
}
