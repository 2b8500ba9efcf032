import type {Container, Scheme, SchemePlan, Testable} from '../project/model.ts'
import type {Invocation} from './invocation.ts'

export interface SchemeFault {
  readonly status: 64 | 65 | 66
  readonly message: string
}

/** The scheme that `-scheme` names; a package's or workspace's only one needs no naming. */
export function findScheme(invocation: Invocation, container: Container): Scheme | SchemeFault {
  const name = invocation.value('-scheme')
  if (name === undefined) {
    return {
      status: 64,
      message: `If you specify a ${container.kind === 'project' ? 'project' : 'workspace'} then you must also specify a scheme. Use -list to see the schemes in this ${container.kind === 'project' ? 'project' : 'workspace'}.`,
    }
  }
  const found = container.schemes.find((scheme) => scheme.name === name)
  if (found !== undefined) return found
  const kind = container.kind === 'project' ? 'project' : 'workspace'
  return {
    status: 65,
    message: `The ${kind} named "${container.name}" does not contain a scheme named "${name}". The "-list" option can be used to find the names of the schemes in the ${kind}.`,
  }
}

/** The names of the targets that building the scheme builds. */
export function schemeTargets(scheme: Scheme, withTests = true): readonly string[] {
  return withTests
    ? [...scheme.buildTargets, ...scheme.testables.filter(({skipped}) => !skipped).map(({target}) => target)]
    : scheme.buildTargets
}

export interface TestChoice {
  readonly plan: string
  readonly testables: readonly Testable[]
}

/** The testables of the plan that `-testPlan` or the scheme names, or of the scheme itself. */
export function chooseTestables(invocation: Invocation, scheme: Scheme): TestChoice | SchemeFault {
  const name = invocation.value('-testPlan')
  const plan: SchemePlan | undefined =
    name === undefined
      ? (scheme.plans.find(({isDefault}) => isDefault) ?? scheme.plans[0])
      : scheme.plans.find((candidate) => candidate.name === name)
  if (name !== undefined && plan === undefined)
    return {status: 65, message: `Scheme "${scheme.name}" does not have an associated test plan named "${name}".`}
  const testables =
    plan === undefined
      ? scheme.testables.filter(({skipped}) => !skipped)
      : plan.plan.targets
          .filter(({enabled}) => enabled)
          .map((target): Testable => ({
            target: target.name,
            skipped: false,
            parallel: target.parallelizable,
            skippedTests: target.skippedTests,
            selectedTests: target.selectedTests,
          }))
  if (testables.length === 0) return {status: 66, message: `Scheme ${scheme.name} is not currently configured for the test action.`}
  return {plan: plan?.name ?? scheme.name, testables}
}
