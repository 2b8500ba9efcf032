import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {dirname, join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {importsOf, type Import} from './support/imports.ts'

const ROOT = fileURLToPath(new URL('..', import.meta.url))

/** Which rooms a room of `src` may import, besides the packages below. */
const ROOMS: Readonly<Record<string, readonly string[]>> = {
  commands: ['cli', 'app', 'domain', 'reports', 'fast'],
  cli: ['app', 'domain', 'reports'],
  app: ['domain', 'infra', 'snapshot', 'staging', 'reports'],
  snapshot: ['domain', 'infra'],
  staging: ['infra'],
  reports: ['domain'],
  infra: ['domain'],
  domain: [],
  fast: ['domain', 'infra'],
  worker: ['domain', 'infra', 'reports'],
  // start.ts and index.ts: where processes begin.
  '': ['fast', 'infra'],
}

/** Who of the upper rooms still reaches for an effect by itself, and for which; presenters never do. */
const EFFECTS: Readonly<Record<string, readonly string[]>> = {
  'src/cli/gate-command.ts': ['repository-top'],
  'src/cli/lane-command.ts': ['errno', 'working-directory'],
  'src/cli/stop-on-interrupt.ts': ['reader-gone'],
  'src/commands/xcode/capabilities.ts': ['contract-digest'],
  'src/commands/xcode/intercept.ts': ['working-directory'],
  'src/commands/xcode/interpret.ts': ['repository-top', 'source-paths'],
  'src/commands/xcode/report.ts': ['places', 'repository-top', 'repository'],
  'src/commands/xcode/run.ts': ['reader-gone'],
}

/** What a room may take from outside, besides Node and `@rch/contract`. */
const PACKAGES: Readonly<Record<string, readonly string[]>> = {
  commands: ['@oclif/core'],
  cli: ['@oclif/core', 'listr2'],
  app: ['@rch/interpreter', '@rch/xcodeproj', 're2js', 'zod'],
  snapshot: ['@rch/xcodeproj', 'zod'],
  infra: ['@rch/xcodeproj', 'ssh2'],
  domain: ['@rch/xcodeproj', 'smol-toml', 'toml-eslint-parser'],
  // Loaded on each of an agent's tool calls: it takes its classifier without asking plugins.
  fast: ['@rch/classifier-xcodebuild'],
  worker: ['@rch/interpreter', 're2js'],
  '': ['@oclif/core'],
}

/** What a package under `plugins` may take from outside, besides Node and `@rch/contract`. */
const LIBRARIES: Readonly<Record<string, readonly string[]>> = {
  contract: ['zod', 'canonicalize'],
  'backend-xcodebuild': ['@rch/interpreter'],
  'backend-xcodebuildmcp': ['@rch/interpreter'],
  'transport-ssh': ['ssh2'],
  'mock-xcode': ['@rch/xcodeproj'],
  testkit: ['vitest'],
}

/** The only part of Node that domain takes: a digest is a function of its bytes. */
const PURE_NODE = ['node:crypto']

/** What makes an answer depend on when and where it is asked. */
const IMPURE =
  /\bDate\.now\(|\bnew Date\(\)|\bMath\.random\(|\bperformance\.(?:now|timeOrigin)|\bprocess\.(?!getBuiltinModule\b)|\bfetch\(|\bsetTimeout\(/

/** Where a provider's id stands in the core, and why it may. Nothing of a provider is loaded by these. */
const IDS_OF_PROVIDERS: Readonly<Record<string, string>> = {
  'src/domain/default-kind.ts': 'the one kind of job there is so far',
  'src/domain/config/profile-keys.ts': "the default of backend.preferred, and the user's short name for it",
  'src/domain/config/host-keys.ts': 'defaults of a worker entry and of the backends that a repository may name',
  'src/domain/config/workers-file.ts': 'an ssh entry needs a host',
  'src/domain/plan/run-identity.ts': 'the kind of the identity documents',
  'src/app/run/gate-request.ts': 'the kind of a request',
  'src/app/embedded-worker.ts': 'a worker entry of this machine',
  'src/app/doctor/diagnose.ts': 'what a network transport needs and a child process does not',
  'src/commands/xcode/run.ts': "drop-in needs the backend that has xcodebuild's exit status",
  'src/commands/xcode/workers/add.ts': 'what --local writes into the inventory',
}

const files = [...sourcesUnder('src'), ...readdirSync(join(ROOT, 'plugins')).flatMap((name) => sourcesUnder(`plugins/${name}/src`))].map(
  (path) => {
    const text = readFileSync(join(ROOT, path), 'utf8')
    return {path, text, imports: importsOf(text)}
  },
)
const core = files.filter(({path}) => path.startsWith('src/'))

describe('rooms', () => {
  it('import only what is below them', () => {
    const wrong = core.flatMap(({path, imports}) => {
      const room = roomOf(path)
      return imports.flatMap(({from}) => {
        if (from.startsWith('node:')) return []
        if (!from.startsWith('.')) return packageAllowed(from, PACKAGES[room]) ? [] : [`${path} imports ${from}`]
        const other = roomOf(relative(ROOT, join(ROOT, dirname(path), from)))
        if (other === 'infra' && EFFECTS[path]?.some((name) => from.endsWith(`/infra/${name}.ts`)) === true) return []
        return other === room || (ROOMS[room] ?? []).includes(other) ? [] : [`${path} imports ${from} of ${other}`]
      })
    })
    expect(wrong).toEqual([])
  })

  it('have no leave that nobody takes', () => {
    const taken = core.flatMap(({path, imports}) => imports.map(({from}) => `${path} ${from.replace(/^.*\/infra\/|\.ts$/g, '')}`))
    const given = Object.entries(EFFECTS).flatMap(([path, names]) => names.map((name) => `${path} ${name}`))
    expect(given.filter((leave) => !taken.includes(leave))).toEqual([])
    expect(Object.keys(EFFECTS).filter((path) => path.startsWith('src/cli/present/'))).toEqual([])
  })

  it('are all known', () => {
    expect([...new Set(core.map(({path}) => roomOf(path)))].filter((room) => !Object.hasOwn(ROOMS, room))).toEqual([])
  })

  it('stay inside their package', () => {
    const wrong = files.flatMap(({path, imports}) => {
      const home = path.startsWith('plugins/') ? path.split('/').slice(0, 3).join('/') : 'src'
      return imports
        .filter(({from}) => from.startsWith('.') && !relative(ROOT, join(ROOT, dirname(path), from)).startsWith(`${home}/`))
        .map(({from}) => `${path} imports ${from}`)
    })
    expect(wrong).toEqual([])
  })

  it('domain and reports are pure', () => {
    const wrong = files
      .filter(
        ({path}) =>
          path.startsWith('src/domain/') ||
          // The page's own scripts run in a browser.
          (path.startsWith('src/reports/') && !path.startsWith('src/reports/html/client/')) ||
          path.startsWith('plugins/classifier-xcodebuild/src/argv/') ||
          path.startsWith('plugins/interpreter/src/'),
      )
      .flatMap(({path, text, imports}) => [
        ...imports.filter(({from}) => from.startsWith('node:') && !PURE_NODE.includes(from)).map(({from}) => `${path} imports ${from}`),
        ...text
          .split('\n')
          .flatMap((line, index) =>
            IMPURE.test(line) && !/^\s*(?:\/\/|\*|\/\*)/.test(line) ? [`${path}:${index + 1} ${line.trim()}`] : [],
          ),
      ])
    expect(wrong).toEqual([])
  })

  it('have no cycles', () => {
    expect(cycles()).toEqual([])
  })
})

describe('packages', () => {
  it('import the contract and their listed libraries', () => {
    const wrong = files
      .filter(({path}) => path.startsWith('plugins/'))
      .flatMap(({path, imports}) => {
        const name = path.split('/')[1] ?? ''
        return imports
          .filter(({from}) => !from.startsWith('.') && !from.startsWith('node:') && !packageAllowed(from, LIBRARIES[name]))
          .map(({from}) => `${path} imports ${from}`)
      })
    expect(wrong).toEqual([])
  })

  it('announce with a hook file that loads nothing but types', () => {
    const wrong = files
      .filter(({path}) => path.endsWith('/src/hook.ts'))
      .flatMap(({path, imports}) =>
        imports.filter(({kind, from}) => kind === 'static' && !(from === './id.ts')).map(({from}) => `${path} loads ${from}`),
      )
    expect(wrong).toEqual([])
  })

  it('are dependencies of who imports them', () => {
    const wrong = files.flatMap(({path, imports}) => {
      const folder = path.startsWith('plugins/') ? path.split('/').slice(0, 2).join('/') : '.'
      const {
        name,
        dependencies = {},
        peerDependencies = {},
        devDependencies = {},
      }: Record<string, Record<string, string>> & {name?: string} = JSON.parse(readFileSync(join(ROOT, folder, 'package.json'), 'utf8'))
      const known = [name, ...Object.keys(dependencies), ...Object.keys(peerDependencies)]
      return imports
        .filter(({from}) => !from.startsWith('.') && !from.startsWith('node:') && !known.includes(packageOf(from)))
        .filter(({kind, from}) => !(kind === 'type' && Object.hasOwn(devDependencies, packageOf(from))))
        .map(({from}) => `${path} imports ${from}`)
    })
    expect(wrong).toEqual([])
  })
})

describe('the core', () => {
  it('imports no provider', () => {
    const wrong = core
      .filter(({path}) => !path.startsWith('src/fast/'))
      .flatMap(({path, imports}) =>
        imports.filter(({from}) => /^@rch\/(?:classifier|backend|transport|store)-/.test(from)).map(({from}) => `${path} imports ${from}`),
      )
    expect(wrong).toEqual([])
  })

  it('names no provider where it is not written why', () => {
    const naming = core
      .filter(
        ({path, text}) =>
          !path.startsWith('src/fast/') &&
          /(?:transport|backend|kind|preferred|id|backends|provider)\b[^\n]{0,40}'(?:xcodebuild|xcodebuildmcp|ssh|local)'|DEFAULT_KIND = '/.test(
            text,
          ),
      )
      .map(({path}) => path)
    expect(naming.filter((path) => !Object.hasOwn(IDS_OF_PROVIDERS, path))).toEqual([])
    expect(Object.keys(IDS_OF_PROVIDERS).filter((path) => !existsSync(join(ROOT, path)))).toEqual([])
  })

  it('ships no mock and no test kit', () => {
    const shipped = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'))
    for (const name of ['@rch/mock-xcode', '@rch/testkit']) expect(Object.hasOwn(shipped.dependencies, name), name).toBe(false)
    const wrong = core.flatMap(({path, imports}) =>
      imports.filter(({from}) => /^@rch\/(?:mock-xcode|testkit)/.test(from)).map(({from}) => `${path} imports ${from}`),
    )
    expect(wrong).toEqual([])
    // The embedded worker asks for the mock by name at run time, when it is there, and only when it was asked for by name itself.
    expect(core.filter(({text}) => text.includes('@rch/mock-xcode')).map(({path}) => path)).toEqual(['src/app/embedded-worker.ts'])
  })

  it('knows an error by its brand where it may come from a plugin', () => {
    const wrong = files.flatMap(({path, text}) => (/instanceof RchError\b/.test(text) ? [path] : []))
    expect(wrong).toEqual([])
  })

  it('keeps oclif and the host out of the worker', () => {
    expect(reachable('src/worker/main.ts').filter((name) => /^@oclif|^src\/(?:cli|commands|app)\//.test(name))).toEqual([])
  })

  it('keeps frameworks and schemas out of the fast entry', () => {
    expect(reachable('src/fast/intercept.ts').filter((name) => /^@oclif|^zod/.test(name))).toEqual([])
  })
})

describe('hints', () => {
  it('name commands that exist', () => {
    const commands = new Set(
      sourcesUnder('src/commands').map((path) =>
        path
          .replace(/^src\/commands\//, '')
          .replace(/(?:\/index)?\.ts$/, '')
          .replaceAll('/', ' '),
      ),
    )
    const wrong = files.flatMap(({path, text}) =>
      [...text.matchAll(/`rch (xcode [a-z]+(?: [a-z]+)?)/g)]
        .map(([, words]) => words ?? '')
        .filter((words) => !commands.has(words) && !commands.has(words.split(' ').slice(0, 2).join(' ')))
        .map((words) => `${path}: rch ${words}`),
    )
    expect(wrong).toEqual([])
  })
})

function sourcesUnder(folder: string): readonly string[] {
  if (!existsSync(join(ROOT, folder))) return []
  return readdirSync(join(ROOT, folder), {recursive: true, encoding: 'utf8'})
    .filter((name) => name.endsWith('.ts'))
    .map((name) => `${folder}/${name}`)
}

function roomOf(path: string): string {
  const parts = path.split('/')
  return parts[0] === 'src' && parts.length > 2 ? (parts[1] ?? '') : ''
}

function packageOf(from: string): string {
  return from
    .split('/')
    .slice(0, from.startsWith('@') ? 2 : 1)
    .join('/')
}

function packageAllowed(from: string, allowed: readonly string[] | undefined): boolean {
  return packageOf(from) === '@rch/contract' || (allowed ?? []).includes(packageOf(from))
}

/** Everything that a module loads at start: files by path, packages by specifier. Types vanish; dynamic imports come later. */
function reachable(entry: string): readonly string[] {
  const seen = new Set<string>()
  const byPath = new Map(files.map((file) => [file.path, file]))
  const visit = (path: string): void => {
    for (const {from, kind} of byPath.get(path)?.imports ?? []) {
      if (kind !== 'static') continue
      const name = from.startsWith('.') ? relative(ROOT, join(ROOT, dirname(path), from)) : (entryOf(from) ?? from)
      if (seen.has(name)) continue
      seen.add(name)
      visit(name)
    }
  }
  visit(entry)
  return [...seen]
}

/** The source file behind an import of one of our own packages. */
function entryOf(from: string): string | undefined {
  if (!from.startsWith('@rch/')) return undefined
  const [, name = '', ...rest] = from.split('/')
  const manifest: {exports: Record<string, string | Record<string, string>>} = JSON.parse(
    readFileSync(join(ROOT, 'plugins', name, 'package.json'), 'utf8'),
  )
  const entry = manifest.exports[rest.length === 0 ? '.' : `./${rest.join('/')}`]
  const source = typeof entry === 'object' ? entry['rch-source'] : undefined
  return source === undefined ? undefined : join('plugins', name, source)
}

/** Modules that reach themselves, over types and what they load later too: whoever reads one has to read the other. */
function cycles(): readonly string[] {
  const edges = new Map(files.map(({path, imports}) => [path, targets(path, imports)]))
  const state = new Map<string, 'open' | 'done'>()
  const found: string[] = []
  const visit = (path: string, trail: readonly string[]): void => {
    if (state.get(path) === 'done') return
    if (state.get(path) === 'open') {
      found.push([...trail.slice(trail.indexOf(path)), path].join(' → '))
      return
    }
    state.set(path, 'open')
    for (const next of edges.get(path) ?? []) visit(next, [...trail, path])
    state.set(path, 'done')
  }
  for (const path of edges.keys()) visit(path, [])
  return found
}

function targets(path: string, imports: readonly Import[]): readonly string[] {
  return imports.filter(({from}) => from.startsWith('.')).map(({from}) => relative(ROOT, join(ROOT, dirname(path), from)))
}
