/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = 'e5dc6508a29bfde734dc69493dd1d96a9bf31f1cc66c163c7582da84edec7fc3'
