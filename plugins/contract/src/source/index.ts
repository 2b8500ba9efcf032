export {
  comparePaths,
  sourceTreeHash,
  treeHash,
  type SourceEntry,
  type SourceFile,
  type SourceManifest,
  type SourceSymlink,
} from './entry.ts'
export {collisionKey, linkStaysInside, pathProblem, PATH_LIMITS} from './paths.ts'
