/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = 'dd07442a06a138aa499be878055f4d0cbbb0d3baf9acdf762c21f81964e21140'
