import type {ErrorCode} from '@rch/contract'

/** Codes that nothing in the sources can produce although their row names a release. Each one is a debt; the list only shrinks. */
export const CODES_WITHOUT_PRODUCER: readonly ErrorCode[] = []
