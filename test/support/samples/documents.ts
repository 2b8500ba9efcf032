import type {Document, DocumentName} from '@rch/contract/documents'
import {EXECUTION_DOCUMENTS} from './execution-documents.ts'
import {REQUEST_DOCUMENTS} from './request-documents.ts'
import {RESULT_DOCUMENTS} from './result-documents.ts'
import {RUN_DOCUMENTS} from './run-documents.ts'
import {SEAL_DOCUMENTS} from './seal-documents.ts'

/** One valid content per document name, all of the same small run: a build and a test of one app. */
export const SAMPLES: {readonly [N in DocumentName]: Document<N>} = {
  ...REQUEST_DOCUMENTS,
  ...EXECUTION_DOCUMENTS,
  ...RESULT_DOCUMENTS,
  ...SEAL_DOCUMENTS,
  ...RUN_DOCUMENTS,
}
