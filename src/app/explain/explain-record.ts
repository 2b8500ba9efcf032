import {join} from 'node:path'
import {readDocument} from '@rch/contract/documents'
import {IDENTIFIER} from '@rch/contract/identity'
import {readIfThere} from '../../infra/files.ts'
import {findRecord, needRecord, notebookDocument} from '../find-record.ts'
import type {Lane} from '../lane.ts'

/** Why a past run or job went as it went: which worker and why, what was held fast, what was refused. */
export async function explainRecord(
  lane: Lane,
  id: string,
  say: (text: string) => void,
): Promise<{readonly result: Readonly<Record<string, unknown>>}> {
  const refusal = IDENTIFIER.test(id) ? readIfThere(join(lane.repo.refusal(id), 'decision.json')) : undefined
  if (refusal !== undefined && findRecord(lane, id) === null) {
    const decision = readDocument('decision', refusal)
    const told = decision.errors.flatMap(({error_code, message, hint}) => [
      `${error_code}: ${message}`,
      ...(hint === null || hint === '' ? [] : [`  → ${hint}`]),
    ])
    say([`refused: ${decision.codes.join(', ')}`, ...(told.length > 0 ? told : [decision.reason ?? ''])].join('\n'))
    return {result: {decision}}
  }
  const record = needRecord(lane, id)
  if (record.type === 'job') {
    const decision = readDocument('decision', readIfThere(join(record.directory, 'decision.json')) ?? new Uint8Array())
    const request = readDocument('job_request', readIfThere(join(record.directory, 'job_request.json')) ?? new Uint8Array(), {
      maxBytes: 64 * 1024 * 1024,
    })
    say(
      [
        `job ${record.job_id}, run ${request.run_id.slice(0, 12)} attempt ${request.attempt}`,
        `  accepted through ${decision.entrance}, profile ${decision.profile}, posture ${decision.posture.value}: ${decision.posture.reason}`,
        `  worker ${decision.worker ?? '?'}, host key ${request.transport.verified}`,
        `  runs ${request.invocation.sanitized_argv?.join(' ') ?? ''}`,
      ].join('\n'),
    )
    return {result: {job_id: record.job_id, decision, transport: request.transport}}
  }
  const selection = notebookDocument(record.directory, 'worker_selection')
  const summary = notebookDocument(record.directory, 'run_summary')
  say(`run ${record.run_id.slice(0, 12)} attempt ${record.attempt}${summary === null ? '' : `: ${summary.human_summary}`}`)
  for (const {name, eligible, source, reasons} of selection?.candidates ?? []) {
    const chosen = name === selection?.chosen ? 'chosen' : eligible ? 'could have' : 'excluded'
    say(`  ${name}: ${chosen} (${source})${reasons.length > 0 ? `: ${reasons.join('; ')}` : ''}`)
  }
  return {result: {run_id: record.run_id, attempt: record.attempt, worker_selection: selection, run_summary: summary}}
}
