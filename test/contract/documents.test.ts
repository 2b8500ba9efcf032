import {Ajv2020, type ValidateFunction} from 'ajv/dist/2020.js'
import {beforeAll, describe, expect, it} from 'vitest'
import {DOCUMENT_NAMES, DOCUMENT_TABLE, RchError, schemaId} from '@rch/contract'
import {
  keepDocument,
  openSchema,
  publishedSchemas,
  readDocument,
  SCHEMAS,
  VERB_PAYLOADS,
  writeDocument,
  type Document,
  type DocumentName,
} from '@rch/contract/documents'
import {canonicalJson} from '@rch/contract/json'
import {z} from 'zod'
import {SAMPLES} from '../support/samples/documents.ts'
import {EVENT_SAMPLES, RUN_EVENT_SAMPLES} from '../support/samples/events.ts'
import {mutations} from '../support/mutations.ts'
import {VERB_SAMPLES} from '../support/verb-samples.ts'

interface Case {
  readonly name: string
  /** The name of the published schema. */
  readonly published: string
  readonly schema: z.core.$ZodType
  readonly sample: unknown
}

const CASES: readonly Case[] = [
  ...DOCUMENT_NAMES.map((name) => ({name, published: name, schema: SCHEMAS[name], sample: SAMPLES[name]})),
  ...EVENT_SAMPLES.map((sample) => ({name: `event ${sample.type}`, published: 'event', schema: SCHEMAS.event, sample})),
  ...RUN_EVENT_SAMPLES.map((sample) => ({name: `run_event ${sample.type}`, published: 'run_event', schema: SCHEMAS.run_event, sample})),
  ...VERB_SAMPLES.map(({verb, side, sample}) => ({
    name: `${side} of ${verb}`,
    published: `verb_${verb}_${side}`,
    schema: VERB_PAYLOADS[verb][side],
    sample,
  })),
]

const published = new Map<string, ValidateFunction>()
beforeAll(() => {
  const ajv = new Ajv2020({strict: false, ownProperties: true})
  for (const [id, schema] of Object.entries(publishedSchemas())) published.set(id, ajv.compile(schema))
})

describe.each(CASES)('$name', ({published: name, schema, sample}) => {
  it('is accepted as it is by both forms and by the published schema', () => {
    expect(z.safeParse(schema, sample).error?.issues).toBeUndefined()
    expect(z.safeParse(openSchema(schema), sample).success).toBe(true)
    const validate = published.get(schemaId(name))
    expect(validate?.(sample), JSON.stringify(validate?.errors)).toBe(true)
  })

  it('is refused without a required field, with an unknown one, or with another type', () => {
    const accepted = mutations(schema, sample).filter(({value}) => z.safeParse(schema, value).success)
    expect(accepted.map(({kind, path, value}) => `${kind} ${path} ${JSON.stringify(value).slice(0, 80)}`)).toEqual([])
  })

  it('lets readers of the same major meet unknown fields, and nothing else', () => {
    const validate = published.get(schemaId(name))
    const wrong = mutations(schema, sample).filter(({kind, value}) => {
      const accepted = kind === 'add'
      return z.safeParse(openSchema(schema), value).success !== accepted || validate?.(value) !== accepted
    })
    expect(wrong.map(({kind, path}) => `${kind} ${path}`)).toEqual([])
  })
})

describe('every sample list', () => {
  it('covers every event type', () => {
    const types = (schema: typeof SCHEMAS.event | typeof SCHEMAS.run_event): string[] => schema.options.map(({shape}) => shape.type.value)
    expect(EVENT_SAMPLES.map(({type}) => type).toSorted()).toEqual(types(SCHEMAS.event).toSorted())
    expect(RUN_EVENT_SAMPLES.map(({type}) => type).toSorted()).toEqual(types(SCHEMAS.run_event).toSorted())
  })

  it('covers every verb, both ways', () => {
    const wanted = Object.keys(VERB_PAYLOADS).flatMap((verb) => [`${verb} request`, `${verb} response`])
    expect(new Set(VERB_SAMPLES.map(({verb, side}) => `${verb} ${side}`))).toEqual(new Set(wanted))
  })
})

describe('writeDocument and readDocument', () => {
  it.each(DOCUMENT_NAMES)('%s comes back as it was written', (name) => {
    expect(roundTrip(name, SAMPLES[name])).toEqual(SAMPLES[name])
  })

  it('writes the preimages of digests as bare canonical JSON', () => {
    for (const name of ['job_key_inputs', 'classifier_policy'] as const) {
      expect(writeDocument(name, SAMPLES[name]).toString()).toBe(canonicalJson(SAMPLES[name]))
    }
  })

  it('keeps fields that a later minor release added', () => {
    const text = JSON.stringify({...SAMPLES.summary, added_later: {deep: [1]}})
    expect(readDocument('summary', text)).toHaveProperty('added_later', {deep: [1]})
  })

  it('passes on what a later minor release composed, unknown fields and all', () => {
    const later = {...SAMPLES.job, added_later: true}
    expect(readDocument('job', keepDocument('job', later))).toEqual(later)
    expect(refusal(() => writeDocument('job', later))).toMatchObject({code: 'internal_error'})
    expect(refusal(() => keepDocument('job', {...later, index: -1}))).toMatchObject({code: 'internal_error'})
  })

  it('takes codes that a later release added', () => {
    const later = {...SAMPLES.run_summary, error_code: 'from_the_future'}
    expect(readDocument('run_summary', JSON.stringify(later)).error_code).toBe('from_the_future')
    expect(refusal(() => writeDocument('run_summary', later))).toMatchObject({code: 'internal_error'})
  })

  it('refuses another major and names both ids', () => {
    const error = refusal(() => readDocument('summary', JSON.stringify({...SAMPLES.summary, schema_id: 'rch-xcode/summary@2'})))
    expect(error?.code).toBe('document_invalid')
    expect(error?.message).toContain('rch-xcode/summary@2')
    expect(error?.message).toContain('rch-xcode/summary@1')
  })

  it.each([
    ['another document', JSON.stringify(SAMPLES.run_plan)],
    ['nothing', ''],
    ['not JSON', '{"schema_id": '],
    ['no object', '[]'],
    ['a repeated key', '{"schema_id":"rch-xcode/summary@1","schema_id":"rch-xcode/summary@1"}'],
    ['bytes that are not UTF-8', Uint8Array.of(0xff, 0xfe)],
  ])('refuses %s', (_, input) => {
    expect(refusal(() => readDocument('summary', input))).toMatchObject({code: 'document_invalid', data: {document: 'summary.json'}})
  })

  it('refuses a summary whose parts contradict each other', () => {
    for (const change of [{status: 'success'}, {status: 'rejected'}, {error_code: null}, {exit_code: 0}] as const) {
      expect(refusal(() => writeDocument('summary', {...SAMPLES.summary, ...change}))).toMatchObject({code: 'internal_error'})
    }
  })

  it('refuses set-like arrays that are not written as sets', () => {
    const {inputs} = SAMPLES.effective_config
    const write = (allow: readonly string[]): unknown =>
      writeDocument('effective_config', {...SAMPLES.effective_config, inputs: {...inputs, env: {...inputs.env, allow}}})
    expect(refusal(() => write(['B', 'A']))).toMatchObject({code: 'internal_error'})
    expect(refusal(() => write(['A', 'A']))).toMatchObject({code: 'internal_error'})
    expect(refusal(() => write(['A', 'B']))).toBeUndefined()
  })
})

describe('the table', () => {
  it('gives every document a file of its own', () => {
    const files = DOCUMENT_NAMES.map((name) => DOCUMENT_TABLE[name].file)
    expect(new Set(files).size).toBe(files.length)
  })

  it('publishes one schema per document, each with its id', () => {
    for (const name of DOCUMENT_NAMES) expect(publishedSchemas()[schemaId(name)]).toMatchObject({$id: schemaId(name)})
  })
})

function roundTrip<N extends DocumentName>(name: N, content: Document<N>): Document<N> {
  return readDocument(name, writeDocument(name, content))
}

function refusal(run: () => unknown): RchError | undefined {
  try {
    run()
    return undefined
  } catch (error) {
    if (error instanceof RchError) return error
    throw error
  }
}
