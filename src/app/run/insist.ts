import {isRchError, type Connection, type RchError} from '@rch/contract'
import {isLineTrouble} from '../../domain/line-trouble.ts'

const TRIES = 3

/**
 * Asks again when the answer was lost, or after whatever else `isWorthIt`; for what may be asked twice, such as a reservation: the
 * same one gets the same lease.
 */
export async function insist(
  connection: Connection,
  call: Parameters<Connection['call']>[0],
  signal: AbortSignal | undefined,
  isWorthIt: (error: RchError) => boolean = isLineTrouble,
): ReturnType<Connection['call']> {
  for (let tries = 1; ; tries++) {
    try {
      return await connection.call(call, signal)
    } catch (error) {
      if (tries >= TRIES || !isRchError(error) || !isWorthIt(error)) throw error
    }
  }
}
