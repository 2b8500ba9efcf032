import {obeyOrders} from '../../infra/thread/obey-orders.ts'
import {PartHasher} from './part-hasher.ts'

/** The file to write to, then piece after piece, then `null` for the digest. */
export type PartOrder = number | Uint8Array | null

let hasher: PartHasher | null = null

obeyOrders((order: PartOrder): string | null => {
  if (typeof order === 'number') hasher = new PartHasher(order)
  else if (order !== null) hasher?.take(order)
  else return hasher?.digest() ?? null
  return null
})
