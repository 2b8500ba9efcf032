import {once} from 'node:events'

/** Writes to standard output; settles when its reader is ready for more. One that is gone takes everything. */
export async function toStdout(bytes: Uint8Array): Promise<void> {
  if (!process.stdout.write(bytes)) await once(process.stdout, 'drain').catch(() => {})
}
