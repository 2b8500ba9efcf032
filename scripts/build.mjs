// Compiles every package in dependency order (TypeScript project references). Plain JavaScript: it runs before anything is built.
import {spawnSync} from 'node:child_process'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const {status} = spawnSync(process.execPath, ['node_modules/typescript/bin/tsc', '-b', ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
if (status === 0) {
  await import('./bundle.mjs')
  await import('./providers.mjs')
  await import('./manifest.mjs')
}
process.exit(status ?? 1)
