export {canonicalJson} from './canonical.ts'
export {DEFAULT_JSON_LIMITS, parseStrictJson, StrictJsonError, type JsonLimits, type StrictJsonReason} from './strict.ts'
