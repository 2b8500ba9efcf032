/** What the sweep kills: one deed on a directory that the test prepared. `child.ts <deed> <root>`. */
import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {BlobStore} from '../../../src/worker/blobs/blob-store.ts'
import {materialise} from '../../../src/worker/tree/materialise.ts'
import {CHUNK, deedEntries, largeBlob, putBlobs, resumeUpload, smallBlobs} from './deeds.ts'

const [deed, root = ''] = process.argv.slice(2)
const blobs = new BlobStore(join(root, 'blobs'))
switch (deed) {
  case 'put':
    await putBlobs(blobs)
    break
  case 'upload':
    await resumeUpload(root, readFileSync(join(root, 'manifest')), readFileSync(join(root, 'stream')), CHUNK)
    break
  case 'new':
  case 'update':
    await materialise({slot: join(root, 'slot'), entries: deedEntries(deed), blobs, readOnly: false})
    break
  default:
    throw new Error(`no deed: ${deed}; there are ${smallBlobs.length} and ${largeBlob.bytes}`)
}
process.stdout.write('done')
