import type {Decision, Token} from '@rch/contract'
import {table} from './table.ts'

/** A decision as text for people: the command token by token, what would run, and the next thing to do. */
export function describeDecision(decision: Decision, rewritten: string | null): string {
  const lines = [headline(decision), '']
  const shown = decision.tokens.filter((token) => token.role !== 'context')
  if (shown.length > 0) lines.push(table(shown.map((token) => [`  ${MARKS[token.role]}`, quoted(token.text), explanation(token)])), '')
  for (const [index, step] of decision.steps.entries()) lines.push(`would run (step ${index + 1}, ${step.action}):`, `  ${step.sanitized_argv.map(quoted).join(' ')}`)
  if (decision.fresh_workspace) lines.push('  in a fresh workspace, because of clean')
  for (const word of decision.dropped) lines.push(`  without ${word.option}${word.value === null ? '' : ` ${quoted(word.value)}`}: ${word.note}`)
  if (rewritten !== null) lines.push('', 'rewritten:', `  ${rewritten}`)
  if (decision.reason !== null && decision.verdict !== 'accept') lines.push(decision.reason)
  if (decision.hint !== null) lines.push(`→ ${decision.hint}`)
  return lines.join('\n').replaceAll(/\n{3,}/g, '\n\n').trimEnd()
}

function headline({verdict, splice, codes}: Decision): string {
  switch (verdict) {
    case 'accept':
      return splice === null ? 'accept' : 'accept (in place)'
    case 'pass':
      return 'pass: not an Xcode command'
    case 'query':
      return `query: asks Xcode something, builds nothing${codes.length > 0 ? ` (${codes[0]})` : ''}`
    case 'reject':
      return `reject: ${codes.join(', ')}`
  }
}

const MARKS: Readonly<Record<Token['role'], string>> = {
  kept: '✔ kept',
  constrained: '✔ constrained',
  modelled: '✔ modelled',
  dropped: '− dropped',
  presentation: '· presentation',
  refused: '✘ refused',
  query: '? query',
  wrapper: '· wrapper',
  context: '  ',
}

function explanation({key, code, note}: Token): string {
  return [code, key === null ? null : `by ${key}`, note].filter((part) => part !== null).join(': ')
}

/** A word as a shell would have to be given it. */
export function quoted(word: string): string {
  return /^[A-Za-z0-9_@%+:,./=-]+$/.test(word) ? word : `'${word.replaceAll("'", String.raw`'\''`)}'`
}
