import type {DiagnosticEvent, InterpreterEvent} from '@rch/contract/events'

type Mutable<T> = {-readonly [K in keyof T]: T[K]}
export type SuiteCompleted = Mutable<Extract<InterpreterEvent, {type: 'test_suite_completed'}>>
/** A diagnostic whose details may still follow. */
export type OpenDiagnostic = DiagnosticEvent & {readonly details: string[]}

const MAX_DETAILS = 24
const MAX_DETAIL_LENGTH = 500
// oxlint-disable-next-line no-control-regex -- this is what it looks for
const CONTROL = /[\0-\u0008\u000B-\u001F\u007F]/
const CONTROLS = new RegExp(CONTROL, 'g')

/**
 * Where events go. One event at a time may be held back because the next lines complete it: a diagnostic waits for its source line, a
 * suite for its totals. Any other event releases it first, so order is kept.
 */
export interface Output {
  emit(event: InterpreterEvent): void
  holdDiagnostic(event: OpenDiagnostic): void
  holdSuite(event: SuiteCompleted): void
  heldDiagnostic(): OpenDiagnostic | null
  heldSuite(): SuiteCompleted | null
  release(): void
  /** Emits what is pending, so that what follows sees the state after it. */
  settle(): void
  take(): readonly InterpreterEvent[]
}

/** `before` runs ahead of every event that comes from outside it: the place to settle what was pending. */
export function createOutput(before: () => void): Output {
  let events: InterpreterEvent[] = []
  let diagnostic: OpenDiagnostic | null = null
  let suite: SuiteCompleted | null = null
  let settling = false

  const release = (): void => {
    if (diagnostic !== null) events.push(diagnostic)
    if (suite !== null) events.push(suite)
    diagnostic = null
    suite = null
  }

  const prepare = (): void => {
    release()
    if (settling) return
    settling = true
    before()
    settling = false
  }

  return {
    emit(event) {
      prepare()
      events.push(event)
    },
    holdDiagnostic(event) {
      prepare()
      diagnostic = event
    },
    holdSuite(event) {
      prepare()
      suite = event
    },
    heldDiagnostic: () => diagnostic,
    heldSuite: () => suite,
    release,
    settle: prepare,
    take() {
      const taken = events
      events = []
      return taken
    },
  }
}

/** Adds a line to a bounded list of details. */
export function addDetail(details: string[], line: string): void {
  if (details.length < MAX_DETAILS) details.push(cut(line, MAX_DETAIL_LENGTH))
}

/** What an event holds is bounded, so that its line on the wire is; control characters, which JSON writes as six, become one mark. */
export function cut(text: string, length: number): string {
  const bounded = text.length > length ? `${text.slice(0, length)}…` : text
  return CONTROL.test(bounded) ? bounded.replaceAll(CONTROLS, '\uFFFD') : bounded
}
