import {plural} from './words.ts'

/** A part of a report that stands or falls as a whole. */
export interface Block {
  /** Blocks with less weight are left out first. */
  readonly weight: number
  readonly kind: BlockKind
  readonly lines: readonly string[]
}

export type BlockKind =
  | 'headline'
  | 'first'
  | 'details'
  | 'log'
  | 'again'
  | 'failure'
  | 'error'
  | 'retried'
  | 'warning'
  | 'difference'
  | 'slow'
  | 'measured'
  | 'insight'
  | 'more'

/** What is missing when so many blocks of a kind are left out: `2 failed tests`, `lines of the log`. */
export function leftOut(kind: BlockKind, count: number): string {
  const {one, many} = NAMES[kind]
  return many ? plural(count, one) : one
}

const NAMES: Readonly<Record<BlockKind, {readonly one: string; readonly many: boolean}>> = {
  headline: {one: 'how it ended', many: false},
  first: {one: 'what failed first', many: false},
  details: {one: 'details of the first failure', many: false},
  log: {one: 'lines of the log', many: false},
  again: {one: 'the command that runs it again', many: false},
  failure: {one: 'failed test', many: true},
  error: {one: 'error', many: true},
  retried: {one: 'retried test', many: true},
  warning: {one: 'warning', many: true},
  difference: {one: 'differences between log and result bundle', many: false},
  slow: {one: 'the slowest tests', many: false},
  measured: {one: 'what performance tests measured', many: false},
  insight: {one: 'what Xcode says of the run', many: false},
  more: {one: 'where to read more', many: false},
}
