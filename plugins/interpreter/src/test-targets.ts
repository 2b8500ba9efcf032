/**
 * Which target builds which test bundle, learned from the build's own lines. A bundle carries the product's name, which need not be the
 * target's; and parallel results name no bundle at all: where there is one target with unit tests, they must be its.
 */
export interface TestTargets {
  /** The first line of a build step. */
  learn(stepLine: string, target: string): void
  /** A target of the dependency graph, built anew or not. */
  seen(target: string): void
  /** The target that builds a bundle; the bundle's own name when no line told. */
  ofBundle(bundle: string): string
  onlyUnitTarget(): string | null
}

const BUNDLE = /\/((?:[^/\\]|\\.)+)\.xctest(?:[/ ]|$)/
const TEST_NAME = /(?:tests?|specs?)$/i
const MAX_TARGETS = 1000

export function createTestTargets(): TestTargets {
  const byBundle = new Map<string, string>()
  const unit = new Set<string>()
  const ui = new Set<string>()
  const named = new Set<string>()

  return {
    learn(stepLine, target) {
      if (!stepLine.includes('.xctest')) return
      const [, product] = BUNDLE.exec(stepLine) ?? []
      if (product === undefined || byBundle.size >= MAX_TARGETS) return
      byBundle.set(product.replaceAll('\\', ''), target)
      if (stepLine.includes('-Runner.app/')) ui.add(target)
      else unit.add(target)
    },
    seen(target) {
      if (named.size < MAX_TARGETS && TEST_NAME.test(target)) named.add(target)
    },
    ofBundle: (bundle) => byBundle.get(bundle) ?? bundle,
    onlyUnitTarget() {
      const [only, ...others] = unit
      if (only === undefined || others.length > 0) return null
      // What is up to date prints no step; the graph names it all the same.
      return [...named].every((target) => target === only || ui.has(target)) ? only : null
    },
  }
}
