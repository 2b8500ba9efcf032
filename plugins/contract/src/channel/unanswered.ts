import {RchError} from '../errors/rch-error.ts'
import type {ChannelEnd} from './channel.ts'

export interface UnansweredFacts {
  readonly worker: string
  readonly verb: string
  /** Whether the request may have reached the harness: then its effect is unknown until `status` is asked. */
  readonly sent: boolean
  readonly cause?: unknown
  readonly hint?: string
}

/** A call that got no answer: never a result, and indeterminate once the request was on its way. */
export function unanswered(problem: string, {worker, verb, sent, cause, hint}: UnansweredFacts): RchError {
  const data = {worker, problem, verb, indeterminate: sent}
  return new RchError('worker_unreachable', undefined, {
    data,
    ...(cause === undefined ? {} : {cause}),
    ...(hint === undefined ? {} : {hint}),
  })
}

/** Why a channel that ended left its call without an answer, in words. */
export function endedWithoutAnswer(end: ChannelEnd, received: number, stderr: string, facts: UnansweredFacts): RchError {
  const said = stderr === '' ? '' : `; it said: ${stderr}`
  if (received === 0 && (end.exitCode === 126 || end.exitCode === 127)) {
    return unanswered(`the harness could not be started there (exit ${end.exitCode}${said})`, {
      ...facts,
      sent: false,
      hint: "Install rch-xcode-worker on the worker, or correct its path in the key's line of authorized_keys.",
    })
  }
  const how = end.problem ?? (end.signal === null ? `exit ${end.exitCode ?? 'unknown'}` : end.signal)
  const where = received === 0 ? 'before it answered' : 'in the middle of its answer'
  return unanswered(`the channel ended ${where} (${how}${said})`, facts)
}
