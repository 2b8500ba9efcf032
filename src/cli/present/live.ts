import {Listr, type ListrTaskWrapper, type DefaultRenderer, type SimpleRenderer} from 'listr2'
import type {OnProgress, RunProgress} from '../../app/run/progress.ts'
import {eventLine, size, uploaded} from './lines.ts'

type Wrapper = ListrTaskWrapper<unknown, typeof DefaultRenderer, typeof SimpleRenderer>

/** A run as a live list on a terminal: one line per phase, and under it what is happening now. */
export interface LivePresenter {
  readonly onProgress: OnProgress
  /**
   * Ends the list and leaves the lane's warnings below it and, where no verdict follows, what failed. A phase that did not end by then did
   * not go well.
   */
  finish(verdictFollows: boolean): Promise<void>
}

/** @param steps the actions of the run, in order */
export function livePresenter(steps: readonly string[], write: (line: string) => void): LivePresenter {
  const kept: {readonly line: string; readonly told: boolean}[] = []
  const phases = new Map<string, Phase>([
    ['select', new Phase('select')],
    ['snapshot', new Phase('snapshot')],
    ['stage', new Phase('stage')],
    ...steps.map((action, index): [string, Phase] => [`step ${index}`, new Phase(action)]),
  ])
  const order = [...phases.values()]
  const list = new Listr(
    order.map((phase) => ({title: phase.title, task: (_: unknown, wrapper: Wrapper) => phase.follow(wrapper)})),
    {concurrent: false, exitOnError: false, rendererOptions: {collapseErrors: false, showErrorMessage: false}},
  )
  const running = list.run()
  return {
    onProgress: (progress) => {
      if (progress.type === 'event' && KEPT.has(progress.event.type) && kept.length < MAX_KEPT)
        eventLine(progress.event, (line) => kept.push({line, told: progress.event.type !== 'warning'}), false)
      show(progress, (key) => phases.get(key) ?? order[0])
    },
    finish: async (verdictFollows) => {
      for (const phase of order) phase.end(false)
      await running
      for (const {line, told} of kept) if (!(told && verdictFollows)) write(line)
    },
  }
}

const KEPT: ReadonlySet<string> = new Set(['diagnostic', 'test_case_failed', 'warning'])
/** More belongs into the report. */
const MAX_KEPT = 40

/** One line of the list: said things wait until the list shows it. */
class Phase {
  #wrapper: Wrapper | null = null
  title: string
  #detail = ''
  #end: ((ok: boolean) => void) | null = null
  #ended: boolean | null = null
  readonly counts = {passed: 0, failed: 0}

  constructor(title: string) {
    this.title = title
  }

  async follow(wrapper: Wrapper): Promise<void> {
    this.#wrapper = wrapper
    this.#apply()
    const ok = this.#ended ?? (await new Promise<boolean>((resolve) => (this.#end = resolve)))
    this.#apply()
    if (!ok) throw new Error(this.title)
  }

  say(title: string, detail = ''): void {
    this.title = title
    this.#detail = detail
    this.#apply()
  }

  detail(detail: string): void {
    this.#detail = detail
    this.#apply()
  }

  end(ok: boolean, title?: string): void {
    if (this.#ended !== null) return
    if (title !== undefined) this.title = title
    this.#detail = ''
    this.#ended = ok
    this.#apply()
    this.#end?.(ok)
  }

  #apply(): void {
    if (this.#wrapper === null) return
    this.#wrapper.title = this.title
    this.#wrapper.output = this.#detail
  }
}

function show(progress: RunProgress, phase: (key: string) => Phase | undefined): void {
  switch (progress.type) {
    case 'selecting':
      return phase('select')?.detail(`asking ${progress.workers.join(', ')}`)
    case 'queued':
      return phase('select')?.detail(`queued on ${progress.worker}, position ${progress.position}, waited ${progress.waited_seconds} s`)
    case 'selected':
      return phase('select')?.say(`select    ${progress.worker}${progress.reasons.length > 0 ? ` (${progress.reasons.join('; ')})` : ''}`)
    case 'run_started':
      return phase('select')?.end(
        true,
        `select    ${progress.worker}, run ${progress.run_id.slice(0, 12)} attempt ${progress.attempt}${progress.mock ? ' — mock Xcode: nothing is really built' : ''}`,
      )
    case 'snapshot_started':
      return phase('snapshot')?.detail('reading the source')
    case 'snapshot_taken':
      return phase('snapshot')?.end(true, `snapshot  ${progress.files} files, ${size(progress.bytes)}`)
    case 'staging':
      return phase('stage')?.detail(uploaded(progress.progress))
    case 'staged':
      return phase('stage')?.end(true, `stage     ${progress.files_sent} files sent, ${size(progress.bytes_sent)}`)
    case 'step_started':
      return phase(`step ${progress.index}`)?.say(`${progress.action.padEnd(9)} step ${progress.index + 1} of ${progress.steps}`)
    case 'event': {
      const step = phase(`step ${progress.index}`)
      return step === undefined ? undefined : showEvent(progress.event, step)
    }
    case 'fetching':
      return undefined
    case 'step_finished':
      return phase(`step ${progress.index}`)?.end(progress.status === 'success', `${progress.action.padEnd(9)} ${progress.human_summary}`)
    case 'reconnecting':
    case 'cancelling':
    case 'verified':
    case 'log':
      return undefined
  }
}

function showEvent(event: Extract<RunProgress, {readonly type: 'event'}>['event'], step: Phase): void {
  switch (event.type) {
    case 'materialised':
      return step.detail(`${event.files_written} files written, ${event.files_kept} kept`)
    case 'target_started':
      return step.detail(`target ${event.target}`)
    case 'progress':
      return step.detail(
        `${event.phase} ${event.done}${event.total === null ? '' : `/${event.total}`}${event.item === null ? '' : ` ${event.item}`}`,
      )
    case 'simulator':
      return step.detail(`simulator ${event.state}${event.name === null ? '' : ` ${event.name}`}`)
    case 'test_case_started':
      return step.detail(`${step.counts.passed} passed, ${step.counts.failed} failed — ${event.test.id}`)
    case 'test_case_passed':
      step.counts.passed += 1
      return undefined
    case 'test_case_failed':
      step.counts.failed += 1
      return undefined
    default:
      return undefined
  }
}
