import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

const candidate = process.env['RCH_SHARED_DATA'] ?? fileURLToPath(new URL('../../../shared/data', import.meta.url))

/** The directory of real-world samples kept beside the checkout; tests that need it skip where it is absent. */
export const sharedData: string | undefined = existsSync(candidate) ? candidate : undefined
