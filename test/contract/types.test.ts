import {describe, expectTypeOf, it} from 'vitest'
import type {ClassifierPolicy, ToolchainInfo, Token, EffectiveProfile} from '@rch/contract'
import type {Document, Inputs, JobEvent, Job, TransportClaim, VerbRequestPayload} from '@rch/contract/documents'
import type {InterpreterEvent} from '@rch/contract/events'
import type {ResolvedDestination, XcodebuildModel} from '@rch/contract/kinds/xcodebuild'
import type {RequestStream, PeerIdentity} from '@rch/contract'
import type {SourceEntry, SourceManifest} from '@rch/contract/source'

/** Checked by the compiler: the schemas and the plain types say the same, in both directions. */
type Same<A, B> = [A] extends [B] ? ([B] extends [A] ? true : false) : false
type Payload<T extends JobEvent['type']> = Omit<
  Extract<JobEvent, {type: T}>,
  'timestamp' | 'sequence' | 'monotonic_ms' | 'job_id' | 'run_id' | 'attempt' | 'trace_id' | 'prev_event_sha256' | 'event_sha256'
>
type PayloadMatches = {
  [T in InterpreterEvent['type']]: Same<Payload<T>, Extract<InterpreterEvent, {type: T}>>
}[InterpreterEvent['type']]

describe('schemas and types', () => {
  it('agree', () => {
    expectTypeOf<PayloadMatches>().toEqualTypeOf<true>()
    expectTypeOf<Same<Inputs['steps'][number]['model'], XcodebuildModel>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Inputs['destinations'][number], ResolvedDestination>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Document<'toolchain'>['toolchain'], ToolchainInfo>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Document<'classifier_policy'>, ClassifierPolicy>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Document<'source_manifest'>, SourceManifest>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Document<'artifact_tree'>['entries'][number], SourceEntry>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Inputs['cache'], EffectiveProfile['cache']>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Job['limits'], EffectiveProfile['limits']>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Inputs['simulator'], EffectiveProfile['simulator']>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Inputs['network'], EffectiveProfile['network']>>().toEqualTypeOf<true>()
    expectTypeOf<Same<Pick<TransportClaim, keyof PeerIdentity>, PeerIdentity>>().toEqualTypeOf<true>()
    expectTypeOf<VerbRequestPayload<'upload_blobs'>['stream']>().toExtend<RequestStream>()
    expectTypeOf<Token>().toExtend<Document<'decision'>['tokens'][number]>()
  })
})
