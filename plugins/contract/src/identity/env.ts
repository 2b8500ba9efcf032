import {DOMAINS, sha256} from './hash.ts'

/** The fingerprint of a forwarded variable. Give bytes where the value may not be UTF-8: they are hashed as the OS has them. */
export function envValueSha256(name: string, value: string | Uint8Array): string {
  return sha256(DOMAINS.envValue, name, '\n', value)
}
