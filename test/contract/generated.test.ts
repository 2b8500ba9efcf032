import {spawnSync} from 'node:child_process'
import {cpSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterEach, beforeEach, describe, expect, it} from 'vitest'
import {CONTRACT_SHA256, CONTRACT_VERSION} from '@rch/contract'
import {publishedSchemas} from '@rch/contract/documents'
import {contractSha256} from '@rch/contract/identity'
import {findDrift, generatedFiles} from '../../scripts/generate.ts'
import index from '../../schemas/rch-xcode/index.json' with {type: 'json'}

const root = fileURLToPath(new URL('../../', import.meta.url))

describe('generated files', () => {
  it('are what the registries say', () => {
    expect(findDrift(root)).toEqual([])
  })

  it('carry the digest of the published schemas', () => {
    expect(CONTRACT_SHA256).toBe(contractSha256(publishedSchemas()))
    expect(index).toMatchObject({contract_version: CONTRACT_VERSION, contract_sha256: CONTRACT_SHA256})
  })

  it('are checked by the command, which names what differs', () => {
    const {status, stderr} = spawnSync(process.execPath, ['--conditions=rch-source', 'scripts/generate.ts', '--check'], {
      cwd: root,
      encoding: 'utf8',
    })
    expect(stderr).toBe('')
    expect(status).toBe(0)
  })
})

describe('findDrift', () => {
  let copy: string
  beforeEach(() => {
    copy = mkdtempSync(join(tmpdir(), 'rch-generated-'))
    for (const {path} of generatedFiles()) cpSync(join(root, path), join(copy, path))
  })
  afterEach(() => rmSync(copy, {recursive: true, force: true}))

  it('sees a changed, a missing and a left-over file', () => {
    expect(findDrift(copy)).toEqual([])
    writeFileSync(join(copy, 'docs/errors.md'), 'edited by hand')
    rmSync(join(copy, 'schemas/rch-xcode/job@1.schema.json'))
    writeFileSync(join(copy, 'schemas/rch-xcode/gone@1.schema.json'), '{}')
    expect(findDrift(copy).toSorted()).toEqual([
      'docs/errors.md',
      'schemas/rch-xcode/gone@1.schema.json',
      'schemas/rch-xcode/job@1.schema.json',
    ])
  })
})
