/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = 'b8f1f6ef9bb4cf633d745de75909147f1a8c4e23d353d03761a1f515c8ef3593'
