import {mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {isRchError} from '@rch/contract'
import {bundleTarget} from '../../src/app/run/deliver-bundle.ts'

const scratch = realpathSync(mkdtempSync(join(tmpdir(), 'rch-bundle-')))
const root = join(scratch, 'app')
afterAll(() => rmSync(scratch, {recursive: true, force: true}))

beforeAll(() => {
  for (const folder of ['app/.git/hooks', 'app/build', 'elsewhere']) mkdirSync(join(scratch, folder), {recursive: true})
  writeFileSync(join(root, 'file'), '')
  symlinkSync('build', join(root, 'inside'))
  symlinkSync('../elsewhere', join(root, 'outside'))
  symlinkSync('../elsewhere/none', join(root, 'none'))
})

function target(path: string): string | null {
  try {
    return bundleTarget({repository: {root}}, path)
  } catch (error) {
    if (isRchError(error)) return error.code
    throw error
  }
}

describe('where a result bundle is delivered', () => {
  it.each(['a.xcresult', 'build/a.xcresult', 'new/deep/a.xcresult', 'inside/a.xcresult'])('in the repository: %s', (path) => {
    expect(target(path)).toBe(join(root, path))
  })

  it.each([
    ['outside/a.xcresult', 'path_outside_repository'],
    ['outside/deep/a.xcresult', 'path_outside_repository'],
    ['inside/../outside/a.xcresult', 'path_outside_repository'],
    ['.git/a.xcresult', 'path_outside_repository'],
    ['.git/hooks/a.xcresult', 'path_outside_repository'],
    ['none', 'usage_error'],
    ['none/a.xcresult', 'usage_error'],
    ['file/a.xcresult', 'usage_error'],
    ['build', 'usage_error'],
    ['outside', 'usage_error'],
  ])('never at %s', (path, code) => {
    expect(target(path)).toBe(code)
  })
})
