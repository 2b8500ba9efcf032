import {existsSync, readdirSync, readFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath, pathToFileURL} from 'node:url'
import type {ProviderKind} from '@rch/contract'
import {PROVIDER_CONTRACT} from '@rch/contract/versions'
import {describe, expect, it} from 'vitest'

const PLUGINS = fileURLToPath(new URL('../../plugins', import.meta.url))

interface Hook {
  readonly plugin: string
  readonly kind: ProviderKind
  readonly source: string
  readonly built: string
}

const HOOKS = readdirSync(PLUGINS).flatMap(hooksOf)

describe.each(HOOKS)('the $kind hook of $plugin', ({plugin, kind, source, built}) => {
  it('announces descriptors of its kind, whose drivers can be loaded', async () => {
    const module: {default: (options: {contract: number}) => Promise<readonly Record<string, unknown>[]>} = await import(
      pathToFileURL(built).href
    )
    const descriptors = await module.default({contract: PROVIDER_CONTRACT})
    expect(descriptors.length).toBeGreaterThan(0)
    for (const {load, ...descriptor} of descriptors) {
      expect(descriptor).toEqual({
        contract: PROVIDER_CONTRACT,
        kind,
        id: expect.stringMatching(/^[a-z][a-z0-9-]*$/),
        summary: expect.any(String),
      })
      expect(plugin).toContain(String(descriptor['id']))
      if (typeof load !== 'function') throw new TypeError('load is no function')
      expect(await load()).toBeTypeOf('function')
    }
  })

  it('imports nothing until a driver is loaded', () => {
    const lines = readFileSync(source, 'utf8').split('\n')
    expect(lines.filter((line) => /^import (?!type )/.test(line))).toEqual([])
  })
})

function hooksOf(plugin: string): readonly Hook[] {
  const dir = join(PLUGINS, plugin)
  if (!existsSync(join(dir, 'package.json'))) return []
  const {oclif}: {oclif?: {hooks?: Record<string, {target: string}>}} = JSON.parse(readFileSync(join(dir, 'package.json'), 'utf8'))
  return Object.entries(oclif?.hooks ?? {}).flatMap(([event, {target}]) => {
    const kind = (['classifier', 'backend', 'transport', 'store'] as const).find((one) => event === `rch:${one}`)
    const source = join(dir, target.replace('dist', 'src').replace(/\.js$/, '.ts'))
    return kind === undefined || !existsSync(source) ? [] : [{plugin, kind, source, built: join(dir, target)}]
  })
}
