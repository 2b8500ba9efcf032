import {workerData} from 'node:worker_threads'
import {obeyOrders} from '../../../infra/thread/obey-orders.ts'
import {BlobSink, type WantedFile} from './blob-sink.ts'

/** What the thread is started with. */
export interface SinkStart {
  readonly directory: string
  readonly files: readonly WantedFile[]
}

/** The next piece, or the end. */
export type SinkOrder = Uint8Array | 'end' | 'close'

const start: SinkStart = workerData
const sink = new BlobSink(start.directory, start.files)

obeyOrders((order: SinkOrder): number => {
  if (order === 'end') sink.end()
  else if (order === 'close') sink.close()
  else return sink.write(order)
  return 0
})
