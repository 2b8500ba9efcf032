// Writes dist/providers.json: the first-party backends that a worker may load, with the digest of each entry. Run by the build.
import {createHash} from 'node:crypto'
import {existsSync, readdirSync, readFileSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const bundled = new Set(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).oclif.plugins)
const rows = []
for (const folder of readdirSync(join(root, 'plugins')).toSorted()) {
  const file = join(root, 'plugins', folder, 'package.json')
  if (!existsSync(file)) continue
  const manifest = JSON.parse(readFileSync(file, 'utf8'))
  const hook = manifest.oclif?.hooks?.['rch:backend']
  if (hook === undefined || !bundled.has(manifest.name)) continue
  const packageRoot = join(root, 'plugins', folder)
  const entry = hook.target
  const {default: announce} = await import(join(packageRoot, entry))
  for (const {id, kind, contract} of await announce({contract: 1})) {
    const sha256 = createHash('sha256')
      .update(readFileSync(join(packageRoot, entry)))
      .digest('hex')
    // Without a root the package is found as any import of ours would find it: beside us here, in node_modules when installed.
    rows.push({id, kind, contract, package: manifest.name, version: manifest.version, root: null, entry, sha256})
  }
}
writeFileSync(join(root, 'dist/providers.json'), `${JSON.stringify(rows, null, 2)}\n`)
