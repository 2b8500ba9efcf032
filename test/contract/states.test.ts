import {describe, expect, it} from 'vitest'
import {canTransition, isFinal, JOB_STATES, RchError, RUN_STATES, STEP_STATES, transition, type Machine, type StateOf} from '@rch/contract'

/** Written out by hand: rows are where one is, columns where one may go. */
const LEGAL: {readonly [M in Machine]: readonly (readonly [StateOf[M], StateOf[M]])[]} = {
  job: [
    ['staged', 'running'],
    ['staged', 'collecting'],
    ['running', 'collecting'],
    ['collecting', 'succeeded'],
    ['collecting', 'failed'],
    ['collecting', 'cancelled'],
    ['collecting', 'timed_out'],
  ],
  run: [
    ['created', 'queued'],
    ['created', 'running'],
    ['created', 'failed'],
    ['created', 'cancelled'],
    ['queued', 'running'],
    ['queued', 'failed'],
    ['queued', 'cancelled'],
    ['running', 'succeeded'],
    ['running', 'failed'],
    ['running', 'cancelled'],
  ],
  step: [
    ['pending', 'uploading'],
    ['pending', 'running'],
    ['pending', 'succeeded'],
    ['pending', 'failed'],
    ['pending', 'cancelled'],
    ['pending', 'skipped'],
    ['uploading', 'running'],
    ['uploading', 'failed'],
    ['uploading', 'cancelled'],
    ['running', 'succeeded'],
    ['running', 'failed'],
    ['running', 'cancelled'],
  ],
}

describe('job', () => check('job', JOB_STATES))
describe('run', () => check('run', RUN_STATES))
describe('step', () => check('step', STEP_STATES))

function check<M extends Machine>(machine: M, states: readonly StateOf[M][]): void {
  const legal: readonly (readonly [string, string])[] = LEGAL[machine]
  for (const from of states) {
    for (const to of states) {
      const allowed = legal.some(([a, b]) => a === from && b === to)
      it(`${from} → ${to} is ${allowed ? 'legal' : 'illegal'}`, () => {
        expect(canTransition(machine, from, to)).toBe(allowed)
        if (allowed) expect(transition(machine, from, to)).toBe(to)
        else expect(codeOf(() => transition(machine, from, to))).toBe('internal_error')
      })
    }
    it(`${from} is ${legal.some(([a]) => a === from) ? 'not final' : 'final'}`, () => {
      expect(isFinal(machine, from)).toBe(!legal.some(([a]) => a === from))
    })
  }
}

function codeOf(run: () => unknown): string | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    return error instanceof RchError ? error.code : 'not one of ours'
  }
}
