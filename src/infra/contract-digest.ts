import {readFileSync} from 'node:fs'
import {RchError} from '@rch/contract'
import {SHA256} from '@rch/contract/identity'
import {parseStrictJson} from '@rch/contract/json'

let known: string | undefined

/** The digest of the contract this release was built with, as the published schemas name it. */
export function contractDigest(): string {
  known ??= read(new URL('../../schemas/rch-xcode/index.json', import.meta.url))
  return known
}

function read(file: URL): string {
  const index = parseStrictJson(readFileSync(file))
  const digest = typeof index === 'object' && index !== null && 'contract_sha256' in index ? index.contract_sha256 : undefined
  if (typeof digest !== 'string' || !SHA256.test(digest))
    throw new RchError('internal_error', 'The installed schemas name no contract digest.')
  return digest
}
