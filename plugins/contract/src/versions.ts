/** The release of the lane, host and harness alike. */
export const LANE_VERSION = '0.1.0'
/** The wire: an integer, negotiated by `probe`. */
export const PROTOCOL = {min: 1, max: 1} as const
/** The meaning and defaults of hashed inputs (SemVer). */
export const CONTRACT_VERSION = '1.0.0'
/** The interface that plugins implement. */
export const PROVIDER_CONTRACT = 1
/** The digest of the schemas that go with it. */
export {CONTRACT_SHA256} from './generated/contract-digest.ts'
