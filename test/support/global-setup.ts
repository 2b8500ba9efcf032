import {execFileSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

/** Tests that start the shipped binaries need `dist`; the build is incremental and costs about a second. */
export default function setup(): void {
  execFileSync(process.execPath, [fileURLToPath(new URL('../../scripts/build.mjs', import.meta.url))], {stdio: 'inherit'})
}
