import {spawnSync} from 'node:child_process'
import {readdirSync, readFileSync, statSync} from 'node:fs'
import {delimiter, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {z} from 'zod'

const root = fileURLToPath(new URL('../../', import.meta.url))
const programs = readdirSync(join(root, 'bin')).filter((name) => name.endsWith('.js') && name !== 'node-version.js')
const old = oldNode()

describe.each(programs)('%s', (program) => {
  it.skipIf(old === null)('says plainly that Node is too old', () => {
    const {status, stdout, stderr} = spawnSync(old ?? '', [join(root, 'bin', program), '--version'], {encoding: 'utf8'})
    expect({status, stdout}).toEqual({status: 2, stdout: ''})
    expect(stderr).toMatch(/^\S+: Node [\d.]+ is too old; it needs .+\n$/)
  })

  it('asks no old Node for a name that it does not have, which would be a syntax error before anything can be said', () => {
    const text = readFileSync(join(root, 'bin', program), 'utf8')
    const named = [...text.matchAll(/^import \{([^}]+)\} from '([^']+)'/gm)].map(([, names, from]) => `${names} of ${from}`)
    expect(
      named.filter((name) => !/^(?:refuseOldNode of \.\/node-version\.js|readFileSync of node:fs|fileURLToPath of node:url)$/.test(name)),
    ).toEqual([])
  })
})

it('are all that users are told to call, and can be run', () => {
  const {bin} = z.object({bin: z.record(z.string(), z.string())}).parse(JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')))
  expect(Object.keys(bin).toSorted()).toEqual(['rch', 'rch-xcode', 'rch-xcode-intercept', 'rch-xcode-worker'])
  for (const path of Object.values(bin)) expect(statSync(join(root, path)).mode & 0o111).toBe(0o111)
})

it('say the same version, whichever of them is asked', () => {
  const [rch, xcode] = ['run.js', 'rch-xcode.js'].map((name) =>
    spawnSync(process.execPath, [join(root, 'bin', name), '--version'], {encoding: 'utf8'}),
  )
  expect(rch?.stdout).toMatch(/^rch\/\d/)
  expect(xcode?.stdout).toBe(rch?.stdout)
})

it('loads next to nothing to say its version', () => {
  const hook = `
    import {registerHooks} from 'node:module'
    let bytes = 0
    registerHooks({load(url, context, next) {
      const loaded = next(url, context)
      if (url.startsWith('file:')) bytes += loaded.source?.length ?? 0
      return loaded
    }})
    process.on('exit', () => process.stderr.write(String(bytes)))
  `
  const {stdout, stderr} = spawnSync(
    process.execPath,
    ['--import', `data:text/javascript,${encodeURIComponent(hook)}`, join(root, 'bin/run.js'), '--version'],
    {encoding: 'utf8'},
  )
  expect(stdout).toMatch(/^rch\/\d+\.\d+\.\d+ /)
  expect(Number(stderr)).toBeLessThan(10_000)
})

/** A Node of before the oldest that is supported, where the system has one. */
function oldNode(): string | null {
  for (const dir of (process.env['PATH'] ?? '').split(delimiter)) {
    if (dir.includes('node_modules')) continue
    const {status, stdout} = spawnSync(join(dir, 'node'), ['-p', 'process.versions.node'], {encoding: 'utf8'})
    if (status === 0 && Number(stdout.split('.')[0]) < 22) return join(dir, 'node')
  }
  return null
}
