import {join} from 'node:path'
import {mkdirSync, writeFileSync} from 'node:fs'
import type {BuildIssue} from '../build/issue.ts'
import {enterPhase} from '../scenario/faults.ts'
import type {Phase, Scenario} from '../scenario/scenario.ts'
import type {TestResult} from '../tests/run-tests.ts'
import type {ToolContext} from '../tool/tool-context.ts'
import type {StoredCoverage} from '../xcresult/bundle-data.ts'
import {bundleData} from '../xcresult/bundle-data-of.ts'
import {writeBundle} from '../xcresult/bundle-file.ts'
import type {Destination} from './destination.ts'
import type {Invocation} from './invocation.ts'
import type {Action} from './options.ts'

export interface SessionFacts {
  readonly scheme: string
  readonly container: string
  readonly plan: string
  readonly configuration: string
  readonly destinations: readonly Destination[]
  readonly bundlePath: string | undefined
  /** Undefined when prepared products are tested. */
  readonly derivedData: string | undefined
}

/** One run of xcodebuild: what it prints, what it finds, and the result bundle it leaves. */
export class Session {
  readonly context: ToolContext
  readonly invocation: Invocation
  readonly scenario: Scenario
  readonly facts: SessionFacts
  readonly startedAt = Date.now()
  readonly issues: BuildIssue[] = []
  readonly results: TestResult[] = []
  readonly steps: string[] = []
  bundlePath: string | undefined
  tested = false
  /** Of the tests that ran, where it was asked for. */
  coverage: readonly StoredCoverage[] | undefined
  /** The one under way. */
  action: Action = 'build'
  private console = ''

  constructor(context: ToolContext, invocation: Invocation, scenario: Scenario, facts: SessionFacts) {
    this.context = context
    this.invocation = invocation
    this.scenario = scenario
    this.facts = facts
    this.bundlePath = facts.bundlePath
  }

  print(text: string): void {
    this.context.output.out(text)
  }

  /** What test runners print; kept for the bundle's console log. */
  printTest(text: string): void {
    this.console += text
    this.print(text)
  }

  note(step: string): void {
    const [first] = step.split('\n')
    if (first !== undefined && / \(in target '/.test(first)) this.steps.push(first)
  }

  issue(issue: BuildIssue): void {
    this.issues.push(issue)
  }

  phase(phase: Phase): Promise<void> {
    return enterPhase(this.scenario, phase, this.context.output)
  }

  /** Writes the result bundle, when there is to be one, and gives the status to leave with. */
  finish(status: number, outcome: 'succeeded' | 'failed' | 'interrupted'): number {
    const path = this.bundlePath
    if (path !== undefined && this.scenario.result_bundle !== 'missing') {
      if (this.scenario.result_bundle === 'corrupt') {
        mkdirSync(path, {recursive: true})
        writeFileSync(join(path, 'Info.plist'), 'mock: cut short <dict>')
      } else writeBundle(path, bundleData(this, outcome, this.console))
    }
    return this.scenario.exit_code ?? status
  }
}
