import {readFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import classifiers from '../src/hook.ts'
import packageJson from '../package.json' with {type: 'json'}

describe('the announcement', () => {
  it('is one descriptor whose driver loads when it is asked for', async () => {
    const [descriptor, ...more] = await classifiers({contract: 1})
    expect(more).toEqual([])
    expect(descriptor).toMatchObject({contract: 1, kind: 'classifier', id: 'xcodebuild'})
    const create = await descriptor?.load()
    expect((await create?.({}))?.triggers).toEqual(['xcodebuild'])
    expect(packageJson.oclif.hooks['rch:classifier'].target).toMatch(/^\.\/dist\/(?:\w+\/)*hook\.js$/)
  })

  it('reaches nothing but the tables of the contract and the path module: it runs inside the hooks of agents', () => {
    const seen = new Set<string>()
    const foreign = new Set<string>()
    const visit = (file: string): void => {
      if (seen.has(file)) return
      seen.add(file)
      for (const [, types, target = ''] of readFileSync(file, 'utf8').matchAll(/^(?:import|export) (type )?[^'"]*from '([^']+)'$/gm)) {
        if (types !== undefined) continue
        if (target.startsWith('.')) visit(join(dirname(file), target))
        else if (target.startsWith('@rch/contract/'))
          visit(fileURLToPath(new URL(`../../contract/src/${target.slice('@rch/contract/'.length)}/index.ts`, import.meta.url)))
        else foreign.add(target)
      }
    }
    visit(fileURLToPath(new URL('../src/index.ts', import.meta.url)))
    expect([...foreign]).toEqual(['node:path'])
    expect(seen.size).toBeLessThan(50)
  })
})
