/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = '9c8bcd2f8af1e89a80b7d4fc31654f6019ca2a00b939568b8f1e147c2ea3c710'
