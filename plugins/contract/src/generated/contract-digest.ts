/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = '07aae903307c80f8536b1fcae60ecc8090c088ef86eca835dccb46e03df420c4'
