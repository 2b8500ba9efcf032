import type {BackendJob} from '../../providers.ts'

/** What `-destination` takes for a device that was chosen; `null` when only its name is known. */
export function pinnedDestination({platform, udid, arch}: BackendJob['destinations'][number]): string | null {
  return udid === null ? null : `platform=${platform},id=${udid}${arch === null ? '' : `,arch=${arch}`}`
}
