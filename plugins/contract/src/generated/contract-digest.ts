/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = '3ee57f5139aa438aafdcd67b6807e3bedc320fe4dbbd1ea0e11433de0f5558ca'
