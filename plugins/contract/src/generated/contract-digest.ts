/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = '8d3c49a7e1f139e395d179e7fb684c4db52e2e3e377f0e9b63c1f6e54cf7f92d'
