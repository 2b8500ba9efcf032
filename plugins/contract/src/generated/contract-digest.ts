/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = '051ff3cdc88cf4a76d2231abc719fa8761e4215f3138862578d92ea9634edb17'
