// Writes oclif.manifest.json, which spares every start the loading of all commands. Run by the build whenever a command was
// compiled anew, since a stale one hides commands; the checks on a fresh clone see when it was not committed with its command.
import {existsSync, readdirSync, statSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const root = fileURLToPath(new URL('..', import.meta.url))
const file = join(root, 'oclif.manifest.json')

if (!existsSync(file) || newest() > statSync(file).mtimeMs) {
  const {Plugin} = await import('@oclif/core')
  const {settings} = await import('@oclif/core/settings')
  settings.enableAutoTranspile = false
  const plugin = new Plugin({root, type: 'core', ignoreManifest: true, errorOnManifestCreate: true, respectNoCacheDefault: true})
  await plugin.load()
  const text = `${JSON.stringify(plugin.manifest, null, 2)}\n`
  writeFileSync(file, text)
}

/** When something that commands are made of was last compiled. */
function newest() {
  const folders = ['dist/commands', 'dist/cli'].map((folder) => join(root, folder))
  const files = folders.flatMap((folder) => readdirSync(folder, {recursive: true, encoding: 'utf8'}).map((name) => join(folder, name)))
  return Math.max(...[join(root, 'package.json'), ...files].map((path) => statSync(path).mtimeMs))
}
