/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = 'a6babea7d04e57d8e25f0db59f42be127ac1b37daeabcefab52e5953073d2f8b'
