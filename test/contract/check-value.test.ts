import {expect, it} from 'vitest'
import {RchError} from '@rch/contract'
import {checkDocument, checkEvent} from '@rch/contract/documents'
import {SAMPLES} from '../support/samples/documents.ts'
import {EVENT_SAMPLES} from '../support/samples/events.ts'

it('a value is judged the same however many its schema has checked', () => {
  const [event] = EVENT_SAMPLES
  const answers = new Set(
    Array.from({length: 3000}, () => `${told(() => checkEvent(event))} ${told(() => checkEvent({...event, attempt: 'x'}))}`),
  )
  expect([...answers]).toEqual(['fits event_stream_corrupt: attempt'])
})

it('an entry is judged the same in a short list and in a long one', () => {
  const {entries} = SAMPLES.source_manifest
  const manifest = (length: number, last: object) => ({...SAMPLES.source_manifest, entries: [...Array(length).fill(entries[0]), last]})
  for (const length of [1, 5000]) {
    expect(told(() => checkDocument('source_manifest', manifest(length, entries[0] ?? {})))).toBe('fits')
    expect(told(() => checkDocument('source_manifest', manifest(length, {...entries[0], path: 1})))).toBe(
      `document_invalid: entries.${length}.path`,
    )
  }
})

/** `fits`, or the code and the place. */
function told(check: () => unknown): string {
  try {
    check()
    return 'fits'
  } catch (error) {
    return error instanceof RchError ? `${error.code}: ${String(error.data['problem']).split(':')[0]}` : String(error)
  }
}
