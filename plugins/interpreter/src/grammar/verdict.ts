import type {Phase} from '@rch/contract/events'

export interface Verdict {
  readonly text: string
  readonly phase: Phase
  readonly outcome: 'succeeded' | 'failed' | 'interrupted'
  readonly seconds: number | null
}

const STARS = /^\*\* ([A-Z][A-Z ]*?) (SUCCEEDED|FAILED|INTERRUPTED|CANCELLED) \*\*(?: \[([\d.]+) sec\])?$/
const PRETTY = /^(?:▸ )?((?:Test )?(?:Build|Execute)|Test|Clean|Archive|Analyze|Export|Install) (Succeeded|Failed)$/

/** Reads `** TEST FAILED **`, with or without a time; `null` when the line is no verdict. */
export function parseVerdict(line: string): Verdict | null {
  const [, action = '', word = '', seconds] = STARS.exec(line.trimEnd()) ?? []
  return action === '' ? null : {text: line.trimEnd(), phase: phaseOf(action), outcome: outcomeOf(word), seconds: number(seconds)}
}

/** Reads `Test Succeeded`, as formatters print it. */
export function parsePrettyVerdict(line: string): Verdict | null {
  const [, action = '', word = ''] = PRETTY.exec(line.trimEnd()) ?? []
  return action === '' ? null : {text: line.trimEnd(), phase: phaseOf(action.toUpperCase()), outcome: outcomeOf(word), seconds: null}
}

function phaseOf(action: string): Phase {
  switch (action) {
    case 'TEST':
    case 'TEST EXECUTE':
    case 'EXECUTE':
      return 'test'
    case 'CLEAN':
      return 'clean'
    case 'ANALYZE':
      return 'analyze'
    case 'ARCHIVE':
      return 'archive'
    case 'INSTALL':
      return 'install'
    case 'EXPORT':
      return 'export'
    default:
      return 'build'
  }
}

function outcomeOf(word: string): Verdict['outcome'] {
  const upper = word.toUpperCase()
  if (upper === 'SUCCEEDED') return 'succeeded'
  return upper === 'FAILED' ? 'failed' : 'interrupted'
}

function number(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}
