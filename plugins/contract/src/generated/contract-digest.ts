/** Digest of every published schema. Written by `npm run generate`. */
export const CONTRACT_SHA256 = 'e229e4f8ca6c265bb8a2f25d4017077f88ad8159acadd0d82324ef5d23a3ddd0'
