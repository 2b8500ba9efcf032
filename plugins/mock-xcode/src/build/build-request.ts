import type {Container, Target} from '../project/model.ts'
import type {Destination} from '../xcodebuild/destination.ts'

/** What one build is about, with every path it writes below. */
export interface BuildRequest {
  readonly container: Container
  readonly scheme: string | undefined
  /** In dependency order. */
  readonly targets: readonly Target[]
  readonly configuration: string
  readonly destination: Destination
  readonly derivedData: string
  readonly developerDir: string
  readonly settings: Readonly<Record<string, string>>
  /** A lost or changed inode recompiles as well. */
  readonly fullStat: boolean
  readonly quiet: boolean
  readonly scripts: ScriptPolicy
}

export interface ScriptPolicy {
  /** Runs the project's own scripts; else they are only named. */
  readonly run: boolean
  readonly replies: Readonly<Record<string, {readonly print?: string; readonly exit?: number}>>
}

/** `Debug-iphonesimulator`, `Debug` for macOS. */
export function platformFolder({configuration, destination: {sdk}}: Pick<BuildRequest, 'configuration' | 'destination'>): string {
  return sdk === 'macosx' ? configuration : `${configuration}-${sdk}`
}

export function productsDirectory(request: BuildRequest): string {
  return `${request.derivedData}/Build/Products/${platformFolder(request)}`
}

export function intermediatesDirectory(request: BuildRequest, target: Target): string {
  return `${request.derivedData}/Build/Intermediates.noindex/${target.project}.build/${platformFolder(request)}/${target.name}.build`
}

/** Where the product lies: a test bundle inside its host application, or in its runner. */
export function productPath(request: BuildRequest, target: Target): string {
  const products = productsDirectory(request)
  const plugins = request.destination.sdk === 'macosx' ? 'Contents/PlugIns' : 'PlugIns'
  if (target.kind === 'ui-test') return `${products}/${target.name}-Runner.app/${plugins}/${target.product}`
  if (target.kind === 'unit-test' && target.host !== undefined) return `${products}/${target.host}.app/${plugins}/${target.product}`
  return `${products}/${target.product}`
}

/** `targets` and all they depend on, dependencies first. Names that are no target of the container are left out. */
export function inDependencyOrder(container: Container, names: readonly string[]): readonly Target[] {
  const ordered: Target[] = []
  const visiting = new Set<string>()
  const visit = (name: string): void => {
    const target = container.targets.find((candidate) => candidate.name === name)
    if (target === undefined || visiting.has(name)) return
    visiting.add(name)
    for (const dependency of target.dependencies) visit(dependency)
    if (target.host !== undefined) visit(target.host)
    ordered.push(target)
  }
  for (const name of names) visit(name)
  return ordered
}
