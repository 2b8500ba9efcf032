import {rmSync, statSync, utimesSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import {describe, expect, it} from 'vitest'
import {expectExact} from './expect-exact.ts'
import {repositoryMaker} from './repository-maker.ts'
import {slowWalk} from './slow-walk.ts'
import {fill} from './small-package.ts'

const repository = repositoryMaker()

describe('conversions', () => {
  it('takes the line ends of the work tree', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.txt text eol=crlf\n*.lf text eol=lf\n* text=auto\n')
    repo.write('windows.txt', 'one\r\ntwo\r\n')
    repo.write('unix.lf', 'one\ntwo\n')
    repo.write('auto.swift', 'one\r\ntwo\r\n')
    repo.commit()
    await expectExact(repo)
    repo.remove('windows.txt')
    repo.remove('auto.swift')
    repo.git('checkout', '.')
    await expectExact(repo)
    repo.git('config', 'core.autocrlf', 'true')
    repo.remove('auto.swift')
    repo.git('checkout', '.')
    await expectExact(repo)
  })

  it('takes expanded $Id$ keywords', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.c ident\n')
    repo.write('a.c', '/* $Id$ */\n')
    repo.write('b.h', '/* $Id$ */\n')
    repo.commit()
    repo.remove('a.c')
    repo.git('checkout', '.')
    await expectExact(repo)
  })

  it('takes another encoding as it lies in the work tree', async () => {
    const repo = repository()
    repo.write('.gitattributes', '*.strings working-tree-encoding=UTF-16LE\n')
    repo.write('a.strings', Buffer.from('"key" = "ключ";\n', 'utf16le'))
    repo.write('plain.txt', 'x')
    repo.commit()
    await expectExact(repo)
  })

  it('takes what smudge filters leave, also when a filter keeps the size', async () => {
    const repo = repository()
    const rot13 = "tr 'a-zA-Z' 'n-za-mN-ZA-M'"
    repo.git('config', 'filter.rot.clean', rot13)
    repo.git('config', 'filter.rot.smudge', rot13)
    repo.write('[x].swift', 'plain\n')
    repo.write('a.rot', 'secret\n')
    repo.write('b.swift', 'frperg\n')
    repo.commit()
    await repo.snapshot()
    repo.write('.gitattributes', '[attr]hidden filter=rot\n*.rot hidden\n')
    repo.write('a.rot', 'frperg\n')
    repo.commit()
    await expectExact(repo)
    repo.remove('a.rot')
    repo.git('checkout', '.')
    await expectExact(repo)
    repo.remove('.gitattributes')
    await expectExact(repo)
    repo.git('rm', '-q', '--cached', '.gitattributes')
    await expectExact(repo)
  })

  it.each(['ignored', 'untracked, and none of these is asked for', 'above the root'])(
    'heeds an attribute file that is %s',
    async (hidden) => {
      const repo = repository()
      for (const side of ['clean', 'smudge']) repo.git('config', `filter.rot.${side}`, "tr 'a-z' 'n-za-m'")
      if (hidden === 'ignored') repo.write('.git/info/exclude', '.gitattributes\n')
      repo.write('App/a.rot', 'secret\n')
      repo.commit()
      const root = hidden === 'above the root' ? join(repo.root, 'App') : repo.root
      const expectSame = async () => {
        const {entries} = await repo.snapshot({include_untracked: hidden === 'ignored'}, {root})
        expect(entries).toEqual(slowWalk(root, {untracked: false}))
      }
      const checkOut = () => {
        repo.remove('App/a.rot')
        repo.git('checkout', '.')
        // Old enough for git to take its word that nothing changed.
        utimesSync(join(repo.root, 'App/a.rot'), 1_700_000_000, 1_700_000_000)
        repo.git('update-index', '--refresh')
      }
      checkOut()
      await expectSame()
      repo.write('.gitattributes', '*.rot filter=rot\n')
      checkOut()
      await expectSame()
      rmSync(repo.cacheDir, {recursive: true})
      await expectSame()
      repo.remove('.gitattributes')
      checkOut()
      await expectSame()
    },
  )

  it('never runs a program that the repository configures', async () => {
    const repo = repository()
    fill(repo)
    const trap = join(dirname(repo.root), 'ran')
    const script = join(dirname(repo.root), 'trap.sh')
    writeFileSync(script, `#!/bin/sh\ntouch '${trap}'\ncat\n`, {mode: 0o755})
    for (const key of [
      'core.fsmonitor',
      'filter.trap.clean',
      'filter.trap.smudge',
      'filter.trap.process',
      'core.sshCommand',
      'diff.external',
      'core.pager',
    ]) {
      repo.git('config', key, script)
    }
    repo.git('config', 'core.hooksPath', dirname(repo.root))
    writeFileSync(join(dirname(repo.root), 'post-index-change'), `#!/bin/sh\ntouch '${trap}'\n`, {mode: 0o755})
    writeFileSync(join(repo.root, '.gitattributes'), '* filter=trap\n')
    writeFileSync(join(repo.root, 'a.swift'), 'changed\n')
    await repo.snapshot()
    expect(statSync(trap, {throwIfNoEntry: false})).toBeUndefined()
  })
})
