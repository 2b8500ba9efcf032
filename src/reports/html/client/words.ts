import type {HtmlOutcome, HtmlState} from './model.ts'

/** Outcomes from the most to the least interesting. */
export const OUTCOMES: readonly HtmlOutcome[] = ['failed', 'unknown', 'expected_failure', 'skipped', 'passed']

export const OUTCOME_WORDS: Readonly<Record<HtmlOutcome, string>> = {
  failed: 'failed',
  unknown: 'unknown',
  expected_failure: 'expected failure',
  skipped: 'skipped',
  passed: 'passed',
}

/** Shapes tell outcomes apart where colours do not. */
export const OUTCOME_SIGNS: Readonly<Record<HtmlOutcome, string>> = {
  failed: '✘',
  unknown: '?',
  expected_failure: '≈',
  skipped: '–',
  passed: '✔',
}

export const STATE_WORDS: Readonly<Record<HtmlState, string>> = {
  succeeded: 'Succeeded',
  failed: 'Failed',
  cancelled: 'Cancelled',
  rejected: 'Refused',
  unknown: 'No verdict',
}

export const STATE_SIGNS: Readonly<Record<HtmlState, string>> = {succeeded: '✔', failed: '✘', cancelled: '■', rejected: '⊘', unknown: '?'}

export function number(value: number): string {
  return String(value).replace(/\B(?=(\d{3})+$)/g, '\u202f')
}

export function plural(count: number, noun: string): string {
  return `${number(count)} ${noun}${count === 1 ? '' : 's'}`
}

export function duration(seconds: number): string {
  if (seconds < 0.0005) return '0 ms'
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 60) return `${seconds.toFixed(seconds < 10 ? 2 : 1)} s`
  const whole = Math.round(seconds)
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}
