// The one entry behind `npm run …`: installs and builds what is missing, then runs a script with the repository's own Node.
// Plain JavaScript without dependencies, because it must run on a fresh checkout with whatever Node npm came with.
import {spawn, spawnSync} from 'node:child_process'
import {existsSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const installed = join(root, 'node_modules/.package-lock.json')
const node = join(root, 'node_modules/.bin', process.platform === 'win32' ? 'node.exe' : 'node')

/** Runs one set-up step and ends the process with its status when it fails. */
function step(command, args) {
  const {status, error} = spawnSync(command, args, {cwd: root, stdio: ['ignore', 2, 2]})
  if (status === 0) return
  console.error(`set-up failed: ${command} ${args.join(' ')}${error ? ` (${error.message})` : ''}`)
  process.exit(status ?? 1)
}

if (!existsSync(installed) || statSync(installed).mtimeMs < statSync(join(root, 'package-lock.json')).mtimeMs) {
  console.error('Installing dependencies (npm ci) …')
  step('npm', ['ci', '--no-audit', '--no-fund'])
} else {
  step(node, [join(root, 'scripts/build.mjs')])
}

const [first, ...rest] = process.argv.slice(2)
if (first !== undefined && first !== '--build') {
  const child = spawn(node, ['--conditions=rch-source', join(root, first), ...rest], {cwd: root, stdio: 'inherit'})
  for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => child.kill(signal))
  child.on('exit', (code, signal) => process.exit(code ?? (signal === 'SIGINT' ? 130 : 143)))
}
