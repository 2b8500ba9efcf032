import {publishedSchemas} from '@rch/contract/documents'
import {contractSha256} from '@rch/contract/identity'
import type {GeneratedFile} from '../generate.ts'

/** The contract's digest as a constant: the harness reports it and must not load the schemas for that. */
export function contractDigest(): GeneratedFile {
  return {
    path: 'plugins/contract/src/generated/contract-digest.ts',
    render: () =>
      [
        '/** Digest of every published schema. Written by `npm run generate`. */',
        `export const CONTRACT_SHA256 = '${contractSha256(publishedSchemas())}'`,
        '',
      ].join('\n'),
  }
}
