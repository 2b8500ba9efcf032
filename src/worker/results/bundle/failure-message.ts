import type {FailurePlace} from '@rch/contract/events'

/** `File.swift:38: text`, as the tree of tests prints it, taken apart. */
export function failureOf(text: string): FailurePlace {
  const match = /^([^\n:]+\.\w{1,10}):(\d{1,9}): ([\s\S]*)$/.exec(text)
  const [, file = null, line = null, rest = text] = match ?? []
  const [message = '', ...details] = rest.split('\n')
  return {
    message,
    file,
    line: line === null ? null : Math.max(1, Number(line)),
    column: null,
    details: details.filter((one) => one.trim() !== ''),
  }
}

/** Why a test was skipped, without the words that every skip begins with. */
export function skipReason(text: string): string {
  const {message} = failureOf(text)
  return message.replace(/^Test skipped(?: - |: )?/, '').replace(/^Test '[^']*' skipped(?:: )?/, '') || message
}

export function isCrash(text: string): boolean {
  return /^(?:Crash: |.*\bcrashed (?:in|with|due)\b|The test runner (?:crashed|exited|failed to)|.*\bencountered an error \(.*Crash: )/i.test(
    text,
  )
}

export function isTimeout(text: string): boolean {
  return /exceeded (?:its )?execution time allowance|Test timed out|exceeded time limit/i.test(text)
}
