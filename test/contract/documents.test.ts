import {describe, expect, it} from 'vitest'
import {DOCUMENT_NAMES} from '@rch/contract'
import {readDocument, writeDocument, type Document, type DocumentName} from '@rch/contract/documents'
import {SAMPLES} from '../support/samples.ts'

describe.each(DOCUMENT_NAMES)('%s', (name) => {
  it('is written and read back', () => {
    expect(roundTrip(name, SAMPLES[name])).toEqual(SAMPLES[name])
  })
})

function roundTrip<N extends DocumentName>(name: N, content: Document<N>): Document<N> {
  return readDocument(name, writeDocument(name, content))
}
