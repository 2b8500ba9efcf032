/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = '80e4368be98b5b7d1d3b76970e8877d2ecc3f11d07b5c91a568b37dc86306099'
