import {spawnSync} from 'node:child_process'
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {expect, it} from 'vitest'
import {z} from 'zod'

const root = fileURLToPath(new URL('../../', import.meta.url))
const manifest = z
  .object({exports: z.record(z.string(), z.unknown())})
  .parse(JSON.parse(readFileSync(`${root}plugins/contract/package.json`, 'utf8')))
/** The schemas come last: what they have loaded already would hide that another entry asks for it, too. */
const entries = [...Object.keys(manifest.exports).filter((entry) => entry !== './package.json' && entry !== './documents'), './documents']

/** Loads the given entries in a fresh process and says which of them asked for zod. */
const PROBE = `
  import {registerHooks} from 'node:module'
  let current
  const heavy = new Set()
  registerHooks({resolve(specifier, context, next) {
    if (specifier === 'zod' || specifier.startsWith('zod/')) heavy.add(current)
    return next(specifier, context)
  }})
  for (current of ${JSON.stringify(entries)}) await import(current.replace('.', '@rch/contract'))
  console.log(JSON.stringify([...heavy]))
`

it('loads the schemas only where they are asked for, because they cost more than everything else together', () => {
  const {stdout, stderr, status} = spawnSync(process.execPath, ['--conditions=rch-source', '--input-type=module', '--eval', PROBE], {
    cwd: root,
    encoding: 'utf8',
  })
  expect(stderr).toBe('')
  expect(status).toBe(0)
  expect(JSON.parse(stdout)).toEqual(['./documents'])
})
