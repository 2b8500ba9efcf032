export {comparePaths} from '../text/byte-order.ts'
export {decodeBitmap, encodeBitmap} from './bitmap.ts'
export {BLOB_HEADER_BYTES, blobHeader, BlobLayout, type BlobRef, type BlobSection} from './blob-stream.ts'
export {
  canonicalEntries,
  canonicalEntry,
  sourceTreeHash,
  treeHash,
  type SourceEntry,
  type SourceFile,
  type SourceManifest,
  type SourceSymlink,
} from './entry.ts'
export {applyManifestDelta, baseOfManifestDelta, encodeManifestDelta, isManifestDelta} from './manifest-delta.ts'
export {collisionKey, linkStaysInside, pathProblem, PATH_LIMITS} from './paths.ts'
export {escapingLinks} from './symlink-chains.ts'
