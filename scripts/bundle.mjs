// Joins the compiled modules of each shipped program into few files: opening and linking hundreds of small ones is most of what a
// start costs. The packages' own files stay beside them, for types, tests and whoever imports them.
import {createHash} from 'node:crypto'
import {existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join, relative, sep} from 'node:path'
import {fileURLToPath} from 'node:url'
import {rolldown} from 'rolldown'

const root = fileURLToPath(new URL('..', import.meta.url))
const dist = join(root, 'dist')
const stamp = join(dist, 'bundle/stamp')
// ssh2 looks for its optional native parts beside itself; toml-eslint-parser is wanted only for the line of a mistake.
const external = [/^ssh2/, 'toml-eslint-parser']

const inputs = stampOfInputs()
if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== inputs) {
  await bundleProducts()
  await bundleProviders()
  writeFileSync(stamp, inputs)
}

/** Each program by itself: none pays for what only another needs. */
async function bundleProducts() {
  await write({intercept: join(dist, 'fast/intercept.js')}, join(dist, 'bundle/intercept'), dist)
  await write({main: join(dist, 'worker/main.js')}, join(dist, 'bundle/worker'), dist)
  const commands = readdirSync(join(dist, 'commands'), {recursive: true}).filter((file) => file.endsWith('.js'))
  const input = {
    start: join(dist, 'start.js'),
    ...Object.fromEntries(commands.map((file) => [`commands/${file.slice(0, -3).replaceAll(sep, '/')}`, join(dist, 'commands', file)])),
  }
  // `explain` is what agents call most: all that it needs at its start is one file, without which `--version` does.
  const framework = ['run', 'settings', 'handle'].map((name) => [name, `@oclif/core/${name}`])
  const hot = await staticModules({
    explain: join(dist, 'commands/xcode/explain.js'),
    ...Object.fromEntries(framework),
    platform: 'wsl-utils',
  })
  const groups = [
    {name: 'versions', test: /\/versions\.js$/, priority: 1},
    {name: 'hot', test: (id) => hot.has(id)},
  ]
  await write(input, join(dist, 'bundle/rch'), dist, {codeSplitting: {groups}})
}

/** What a first-party provider announces and loads, in its own package. */
async function bundleProviders() {
  for (const home of packages()) {
    const {oclif} = JSON.parse(readFileSync(join(home, 'package.json'), 'utf8'))
    if (!Object.values(oclif?.hooks ?? {}).some(({target}) => target === './dist/bundle/hook.js')) continue
    await write({hook: join(home, 'dist/hook.js')}, join(home, 'dist/bundle'), join(home, 'dist'))
  }
}

/** Replaces what is there file by file, because programs may be running from it. */
async function write(input, dir, base, output = {}) {
  const bundle = await rolldown({input, platform: 'node', external, plugins: [ownPlaces(base)], onLog: reportProblem})
  const {output: chunks} = await bundle.generate({
    format: 'esm',
    chunkFileNames: '[name]-[hash].js',
    banner: (chunk) => placeOf(chunk, dir, base),
    ...output,
  })
  await bundle.close()
  for (const {fileName, code} of chunks) {
    mkdirSync(dirname(join(dir, fileName)), {recursive: true})
    writeFileSync(join(dir, fileName), code)
  }
  const fresh = new Set(chunks.map(({fileName}) => join(dir, fileName)))
  for (const file of filesBelow(dir)) if (!fresh.has(file)) rmSync(file)
}

/** The ids of everything that entries import before they run. */
async function staticModules(input) {
  const bundle = await rolldown({input, platform: 'node', external, onLog: reportProblem, cwd: root})
  const {output} = await bundle.generate({format: 'esm'})
  await bundle.close()
  const chunks = new Map(output.map((chunk) => [chunk.fileName, chunk]))
  const found = new Set()
  const visit = (chunk) => {
    if (chunk === undefined || found.has(chunk)) return
    found.add(chunk)
    for (const name of chunk.imports) visit(chunks.get(name))
  }
  for (const chunk of chunks.values()) if (chunk.isEntry) visit(chunk)
  return new Set([...found].flatMap((chunk) => chunk.moduleIds))
}

/** A module that is imported both ways is no mistake: the entry that imports it late is another one. */
function reportProblem(level, log, report) {
  if (log.code !== 'INEFFECTIVE_DYNAMIC_IMPORT') report(level, log)
}

/** Keeps `import.meta.url` what it was before: modules find files beside the one they were compiled to. */
function ownPlaces(base) {
  return {
    name: 'own-places',
    transform(code, id) {
      if (!asksForItsPlace(id, base)) return null
      const place = relative(base, id).replaceAll(sep, '/')
      return {code: code.replaceAll('import.meta.url', `new URL(${JSON.stringify(place)}, OWN_PLACE).href`), map: null}
    },
  }
}

function placeOf(chunk, dir, base) {
  if (!chunk.moduleIds.some((id) => asksForItsPlace(id, base))) return ''
  const up = relative(dirname(join(dir, chunk.fileName)), base).replaceAll(sep, '/')
  return `const OWN_PLACE = new URL(${JSON.stringify(`${up}/`)}, import.meta.url)`
}

function asksForItsPlace(id, base) {
  return id.startsWith(`${base}${sep}`) && readFileSync(id, 'utf8').includes('import.meta.url')
}

/** Changes with every file that a bundle is made of. */
function stampOfInputs() {
  const own = [dist, ...packages().map((home) => join(home, 'dist'))]
    .flatMap(filesBelow)
    .filter((file) => file.endsWith('.js') && !file.includes(`${sep}bundle${sep}`))
  const others = ['scripts/bundle.mjs', 'package-lock.json'].map((file) => join(root, file))
  const digest = createHash('sha256')
  for (const file of [...own, ...others]) {
    const {size, mtimeMs} = statSync(file)
    digest.update(`${file} ${size} ${mtimeMs}\n`)
  }
  return digest.digest('hex')
}

function packages() {
  const homes = readdirSync(join(root, 'plugins')).map((folder) => join(root, 'plugins', folder))
  return homes.filter((home) => existsSync(join(home, 'package.json')))
}

function filesBelow(directory) {
  if (!existsSync(directory)) return []
  return readdirSync(directory, {recursive: true, withFileTypes: true}).flatMap((entry) =>
    entry.isFile() ? [join(entry.parentPath, entry.name)] : [],
  )
}
