import {VERBS, type Verb, verbRow} from '@rch/contract/protocol'
import {toRchError} from '@rch/contract'
import {expect, it} from 'vitest'
import {HANDLERS} from '../../src/worker/verbs/index.ts'

// A session is the channel itself, not a request on it.
const verbs = Object.keys(VERBS).filter((verb): verb is Verb => verb !== 'session')

it.each(verbs)('%s is announced exactly where it is served', async (verb) => {
  const handler = await HANDLERS[verb]()
  const refusal = await Promise.resolve()
    .then(() => handler({} as never, {} as never))
    .then(() => null, toRchError)
  expect(refusal?.code === 'required_feature_unsupported').toBe(verbRow(verb).since === 'planned')
})
