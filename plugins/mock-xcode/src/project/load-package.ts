import {existsSync} from 'node:fs'
import {basename, join} from 'node:path'
import {type PackageManifest, type PackageTarget, readPackageManifest} from '@rch/xcodeproj'
import {filesBelow, readIfThere} from './files.ts'
import type {Scheme, Target, TargetKind} from './model.ts'

export interface LoadedPackage {
  readonly name: string
  readonly targets: readonly Target[]
  readonly schemes: readonly Scheme[]
  readonly localPackages: readonly string[]
  readonly remotePackages: readonly string[]
}

const kinds: Readonly<Record<PackageTarget['type'], TargetKind>> = {
  target: 'library',
  executable: 'tool',
  test: 'unit-test',
  plugin: 'aggregate',
  macro: 'tool',
  binary: 'aggregate',
  system: 'aggregate',
}

/** Reads the package in `directory`. Undefined when it has no `Package.swift`. */
export function loadPackage(directory: string): LoadedPackage | undefined {
  const text = readIfThere(join(directory, 'Package.swift'))
  if (text === undefined) return undefined
  const manifest = readPackageManifest(text)
  const name = manifest.name ?? basename(directory)
  const targets = manifest.targets.map((target) => toTarget(target, name, directory))
  return {
    name,
    targets,
    schemes: packageSchemes(name, manifest, targets),
    localPackages: manifest.localDependencies.map((path) => join(directory, path)),
    remotePackages: manifest.remoteDependencies,
  }
}

/** One scheme per product, and `<Name>-Package` when there are several; each tests what depends on it. */
function packageSchemes(name: string, manifest: PackageManifest, targets: readonly Target[]): readonly Scheme[] {
  const tests = targets.filter(({kind}) => kind === 'unit-test')
  const scheme = (schemeName: string, buildTargets: readonly string[], tested: readonly Target[]): Scheme => ({
    name: schemeName,
    buildTargets,
    testables: tested.map(({name: target}) => ({target, skipped: false, parallel: false, skippedTests: [], selectedTests: []})),
    plans: [],
    buildConfiguration: undefined,
    testConfiguration: undefined,
  })
  const products = manifest.products.map((product) =>
    scheme(
      product.name,
      product.targets,
      tests.filter(({dependencies}) => dependencies.some((dependency) => product.targets.includes(dependency))),
    ),
  )
  const everything = scheme(
    products.length === 0 ? name : `${name}-Package`,
    targets.filter((target) => !tests.includes(target)).map((target) => target.name),
    tests,
  )
  return products.length === 1 ? products : [...products, everything]
}

function toTarget(target: PackageTarget, project: string, directory: string): Target {
  const kind = kinds[target.type]
  const folder = folderOf(target, directory)
  const excluded = target.exclude.map((path) => join(folder, path))
  const files = filesBelow(folder).filter((file) => !excluded.some((path) => file === path || file.startsWith(`${path}/`)))
  const chosen = target.sources?.map((path) => join(folder, path))
  return {
    name: target.name,
    kind,
    productType:
      kind === 'unit-test'
        ? 'com.apple.product-type.bundle.unit-test'
        : kind === 'tool'
          ? 'com.apple.product-type.tool'
          : 'com.apple.product-type.objfile',
    product: kind === 'unit-test' ? `${target.name}.xctest` : kind === 'tool' ? target.name : `${target.name}.o`,
    project,
    directory,
    sources: files.filter(
      (file) =>
        /\.(?:swift|m|mm|c|cc|cpp)$/.test(file) &&
        (chosen === undefined || chosen.some((path) => file === path || file.startsWith(`${path}/`))),
    ),
    resources: target.resources.map((path) => join(folder, path)),
    scripts: [],
    dependencies: target.dependencies,
    host: undefined,
    settings: () => ({}),
  }
}

function folderOf(target: PackageTarget, directory: string): string {
  if (target.path !== null) return join(directory, target.path)
  const roots = target.type === 'test' ? ['Tests', 'Sources', 'Source', 'src', 'srcs'] : ['Sources', 'Source', 'src', 'srcs', 'Plugins']
  return (
    roots.map((root) => join(directory, root, target.name)).find((path) => existsSync(path)) ??
    join(directory, target.type === 'test' ? 'Tests' : 'Sources', target.name)
  )
}
