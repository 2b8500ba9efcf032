import {writeFileSync} from 'node:fs'
import {resolve} from 'node:path'
import {isSelected} from '../tests/select-tests.ts'
import type {TestBundle} from '../tests/write-test-bundle.ts'
import type {ToolContext} from '../tool/tool-context.ts'
import type {Invocation} from './invocation.ts'

/** `-enumerate-tests`, flat or hierarchical, as text or JSON. Gives the exit status. */
export function enumerateTests(
  context: ToolContext,
  invocation: Invocation,
  bundles: readonly {readonly bundle: TestBundle | undefined}[],
  plan: string,
): number {
  const selection = {only: invocation.values('-only-testing'), skip: invocation.values('-skip-testing')}
  const tests = bundles.flatMap(({bundle}) => bundle?.tests ?? [])
  const identify = (test: (typeof tests)[number]): string => [test.target, ...test.suite, test.name].join('/')
  const enabled = tests.filter((test) => isSelected(test, selection)).map(identify)
  const disabled = tests.filter((test) => !isSelected(test, selection)).map(identify)
  const json = invocation.value('-test-enumeration-format') === 'json'
  const flat = invocation.value('-test-enumeration-style') === 'flat'
  const text = json
    ? `${JSON.stringify({errors: [], mock: true, values: [{testPlan: plan, enabledTests: flat ? enabled.map((identifier) => ({identifier})) : hierarchy(enabled), disabledTests: flat ? disabled.map((identifier) => ({identifier})) : hierarchy(disabled)}]}, null, 2)}\n`
    : `Plan ${plan}\n${enabled.map((identifier) => `\t${flat ? identifier : identifier.replaceAll('/', ' / ')}\n`).join('')}`
  const path = invocation.value('-test-enumeration-output-path')
  if (path === undefined || path === '-') context.output.out(text)
  else writeFileSync(resolve(context.cwd, path), text)
  return 0
}

interface Node {
  readonly kind: 'target' | 'class' | 'test'
  readonly name: string
  readonly disabled: boolean
  readonly children: Node[]
}

function hierarchy(identifiers: readonly string[]): readonly Node[] {
  const roots: Node[] = []
  for (const identifier of identifiers) {
    const parts = identifier.split('/')
    let level = roots
    for (const [index, name] of parts.entries()) {
      const kind = index === 0 ? 'target' : index === parts.length - 1 ? 'test' : 'class'
      let node = level.find((candidate) => candidate.name === name)
      if (node === undefined) {
        node = {kind, name, disabled: false, children: []}
        level.push(node)
      }
      level = node.children
    }
  }
  return roots
}
