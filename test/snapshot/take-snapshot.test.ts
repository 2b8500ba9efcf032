import {sourceTreeHash} from '@rch/contract/source'
import {describe, expect, it} from 'vitest'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'

const repository = repositoryMaker()

describe('a snapshot of a git work tree', () => {
  it('holds tracked and untracked files, as they lie in the work tree', async () => {
    const repo = repository()
    repo.write('Sources/main.swift', 'print(1)\n')
    repo.write('run.sh', '#!/bin/sh\n', 0o755)
    repo.link('current', 'Sources/main.swift')
    repo.write('.gitignore', '*.log\n')
    repo.commit()
    repo.write('Sources/main.swift', 'print(2)\n')
    repo.write('new.swift', 'let x = 1\n')
    repo.write('build.log', 'noise')
    const {entries, sourceTreeHash: hash, vcs} = await repo.snapshot()
    expect(entries).toEqual(slowWalk(repo.root))
    expect(entries.map(({path}) => path)).toEqual(['.gitignore', 'Sources/main.swift', 'current', 'new.swift', 'run.sh'])
    expect(hash).toBe(sourceTreeHash(entries))
    expect(vcs).toMatchObject({kind: 'git', branch: 'main', dirty: true, differing: 2, commit: repo.git('rev-parse', 'HEAD').trim()})
  })

  it('reads no content the second time, nor after a branch switch and back', async () => {
    const repo = repository()
    for (let i = 0; i < 20; i++) repo.write(`f${i}.swift`, `let f = ${i}\n`)
    repo.commit()
    const first = await repo.snapshot()
    repo.git('checkout', '-q', '-b', 'other')
    repo.write('f3.swift', 'changed\n')
    repo.commit()
    await repo.snapshot()
    repo.git('checkout', '-q', 'main')
    const again = await repo.snapshot()
    expect(again.sourceTreeHash).toBe(first.sourceTreeHash)
    expect(again.stats).toMatchObject({hashed: 0, reused: 20})
  })
})
