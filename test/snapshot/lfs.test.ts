import {sha256} from '@rch/contract/identity'
import {describe, expect, it} from 'vitest'
import {lfsPointer} from './lfs-pointer.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'

const repository = repositoryMaker()

describe('Git LFS', () => {
  const content = Buffer.from('a large picture')
  const real = sha256(content)
  const object = `objects/${real.slice(0, 2)}/${real.slice(2, 4)}/${real}`
  const absent = 'a57f0e46b9f9e2ef19a9dc5b4ac0dc8ba1a4b0c6dbcb42b4f23ac6cc6a4c6ea4'

  it('puts content from the local store in the place of pointers', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.png filter=lfs diff=lfs merge=lfs -text\nfixtures/*.png -filter\n')
    repo.write('a.png', lfsPointer(real, content.length))
    repo.write('fixtures/pointer.png', lfsPointer(absent, 5))
    repo.write(`.git/lfs/${object}`, content)
    repo.commit()
    for (let i = 0; i < 2; i++) {
      const snapshot = await repo.snapshot()
      const entry = snapshot.entries.find(({path}) => path === 'a.png')
      expect(entry).toEqual({path: 'a.png', type: 'file', mode: '100644', bytes: content.length, sha256: real})
      expect(entry?.type === 'file' && snapshot.read(entry)).toEqual(content)
      expect(snapshot.vcs.lfs).toEqual({materialised: 1, pointers: 0})
    }
  })

  it('finds the store of a submodule, of a linked worktree, and one that is configured', async () => {
    const inner = repository()
    inner.write('.gitattributes', '*.png filter=lfs diff=lfs merge=lfs -text\n')
    inner.write('a.png', lfsPointer(real, content.length))
    inner.commit()
    const repo = inner.sibling('outer', '-b', 'main')
    fill(repo)
    repo.git('submodule', '--quiet', 'add', inner.root, 'Vendor/Inner')
    repo.commit()
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'lfs_pointer_unresolved', data: {offences: [{path: 'Vendor/Inner/a.png'}]}})
    repo.write(`.git/modules/Vendor/Inner/lfs/${object}`, content)
    const materialised = expect.arrayContaining([expect.objectContaining({path: 'Vendor/Inner/a.png', sha256: real})]) as unknown
    expect((await repo.snapshot()).entries).toEqual(materialised)

    inner.write(`.git/lfs/${object}`, content)
    const linked = inner.vacant('linked')
    inner.git('worktree', 'add', '-q', linked.root, '-b', 'linked')
    expect((await linked.snapshot()).vcs.lfs).toEqual({materialised: 1, pointers: 0})

    inner.remove('.git/lfs')
    await expect(linked.snapshot()).rejects.toMatchObject({code: 'lfs_pointer_unresolved'})
    // From the git directory, as git-lfs reads it.
    inner.git('config', 'lfs.storage', '../shared-lfs')
    inner.write(`shared-lfs/${object}`, content)
    expect((await linked.snapshot()).vcs.lfs).toEqual({materialised: 1, pointers: 0})
  })

  it('refuses pointers without content, or stages them when told to', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.png filter=lfs\n')
    repo.write('a.png', lfsPointer(absent, 15))
    repo.commit()
    await expect(repo.snapshot()).rejects.toMatchObject({code: 'lfs_pointer_unresolved', exitCode: 92, data: {offences: [{path: 'a.png'}]}})
    const {entries, vcs} = await repo.snapshot({lfs: 'pointers'})
    expect(entries).toEqual(slowWalk(repo.root))
    expect(vcs.lfs).toEqual({materialised: 0, pointers: 1})
  })
})
