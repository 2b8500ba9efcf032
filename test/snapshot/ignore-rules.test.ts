import {writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {expectExact} from './expect-exact.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'

const repository = repositoryMaker()

describe('ignore rules', () => {
  it('counts every source of them', async () => {
    const repo = repository()
    fill(repo)
    const global = join(dirname(repo.root), 'global-ignore')
    writeFileSync(global, '*.global\n')
    repo.git('config', 'core.excludesFile', global)
    repo.write('.git/info/exclude', '*.info\n')
    repo.write('.gitignore', '*.log\n!keep.log\n/build/\nSources/**/gen\n')
    repo.write('Sources/.gitignore', '*.tmp\n!*.log\n')
    for (const path of [
      'x.global',
      'x.info',
      'x.log',
      'keep.log',
      'build/a',
      'Sources/build/a',
      'Sources/Deep/gen/a',
      'Sources/x.tmp',
      'Sources/x.log',
      'x.tmp',
    ]) {
      repo.write(path, path)
    }
    repo.write('tracked.log', 'tracked although ignored\n')
    repo.git('add', '-f', 'tracked.log')
    await expectExact(repo)
  })

  it('brings in nothing from behind a link, neither what is included nor what always belongs to a snapshot', async () => {
    const repo = repository()
    fill(repo)
    repo.write('.gitignore', '/Generated\n')
    repo.write('Shared/rch/xcode.toml', '# configured here\n')
    repo.link('.rch', 'Shared/rch')
    repo.commit()
    repo.write('../outside/g.swift', 'not of this tree\n')
    repo.link('Generated', '../outside')
    const {entries} = await repo.snapshot({include: ['Generated/', 'Generated/deep/*.swift']})
    expect(entries).toEqual(slowWalk(repo.root))
  })
})
