export {buildSetting} from './build-setting.ts'
export type {BuildConfiguration, ConfigurationList} from './configuration-list.ts'
export {
  findContainers,
  type Containers,
  type FoundGenerator,
  type FoundPackage,
  type FoundProject,
  type FoundScheme,
  type FoundWorkspace,
  type GeneratorKind,
  type TreeReader,
} from './find-containers.ts'
export {readTuistManifest, readXcodegenManifest, type GeneratorManifest} from './generator-manifest.ts'
export {readPackageManifest, type PackageManifest, type PackageProduct, type PackageTarget} from './package-manifest.ts'
export {readPackageResolved, type PackagePin, type PackageResolved} from './package-resolved.ts'
export {readPlist, type PlistDict, type PlistValue} from './plist.ts'
export type {BuildFile, BuildPhase, ProjectTarget, ShellScript, SynchronizedFolder} from './project-target.ts'
export type {ProjectNode, SynchronizedException} from './project-tree.ts'
export {readProject, type RemotePackage, type XcodeProject} from './project.ts'
export {joinPath, type ResolvedPath} from './resolved-path.ts'
export {
  readScheme,
  type BuildableReference,
  type Scheme,
  type SchemeBuildEntry,
  type SchemeTestable,
  type SchemeTestPlan,
} from './scheme.ts'
export {readTestPlan, type TestPlan, type TestPlanTarget} from './test-plan.ts'
export {readWorkspace, resolveLocation, type WorkspaceReference} from './workspace.ts'
export {readXcconfig, type Xcconfig} from './xcconfig.ts'
export {childrenNamed, readXml, type XmlElement} from './xml.ts'
