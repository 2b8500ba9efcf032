import {describe, expect, it} from 'vitest'
import {stageReport} from '../../src/app/stage/stage-report.ts'
import {stageLines} from '../../src/cli/present/stage-lines.ts'
import {compareTrees} from '../../src/snapshot/index.ts'
import {repositoryMaker} from './repository-maker.ts'

const repository = repositoryMaker()

describe('the report of what would be staged', () => {
  it('tells what stays here, by rule and line, in git', async () => {
    const repo = repository()
    repo.write('.gitignore', '# generated\nPods/\n*.log\n')
    repo.write('Sources/.gitignore', 'gen.swift\n')
    repo.write('.rchignore', 'Design/\n')
    repo.write('.git/info/exclude', '/private\n')
    for (const path of [
      'a.swift',
      'Pods/A/a.m',
      'Pods/B/b.m',
      'Logs/x.log',
      'Logs/y.log',
      'Sources/gen.swift',
      'Sources/main.swift',
      'Design/d.sketch',
      'private',
      'DerivedData/x',
      'drop.mov',
    ]) {
      repo.write(path, path)
    }
    repo.git('add', '-A', ':!drop.mov', ':!DerivedData')
    const snapshot = await repo.snapshot({excludes: ['*.mov']})
    const groups = (await snapshot.listExcluded()).map(
      ({rule, paths, files}) => `${rule.source}:${rule.line} ${rule.pattern} ${paths.toSorted().join(' ')} ${files}`,
    )
    expect(groups.toSorted()).toEqual(
      [
        '.gitignore:2 Pods/ Pods/ 2',
        '.gitignore:3 *.log Logs/x.log Logs/y.log 2',
        '.git/info/exclude:1 /private private 1',
        '.rchignore:1 Design/ Design/ 1',
        'Sources/.gitignore:1 gen.swift Sources/gen.swift 1',
        'built-in:2 DerivedData/ DerivedData/ 1',
        'source.excludes:1 *.mov drop.mov 1',
      ].toSorted(),
    )
  })

  it('asks each repository of the tree about its own files', async () => {
    const repo = repository()
    const inner = repo.sibling('inner')
    inner.write('.gitignore', '*.gen\n')
    inner.write('x.swift', 'x')
    inner.commit()
    repo.write('a.swift', 'a')
    repo.git('submodule', '--quiet', 'add', inner.root, 'Vendor/Inner')
    repo.commit()
    const nested = repo.sibling('tree/Beside')
    nested.write('.gitignore', 'out/\n')
    nested.write('y.swift', 'y')
    nested.commit()
    for (const [place, mine] of [
      ['.git/modules/Vendor/Inner/info/exclude', 'Vendor/Inner/mine'],
      ['Beside/.git/info/exclude', 'Beside/mine'],
    ] as const) {
      repo.write(place, '/mine\n')
      repo.write(mine, 'mine')
    }
    repo.write('Vendor/Inner/made.gen', 'made')
    repo.write('Vendor/Inner/deep/made.gen', 'made')
    repo.write('Beside/out/z.o', 'z')
    const groups = await (await repo.snapshot()).listExcluded()
    expect(groups.map(({rule, paths}) => `${rule.source}:${rule.line} ${paths.toSorted().join(' ')}`).toSorted()).toEqual([
      '.git/modules/Vendor/Inner/info/exclude:1 Vendor/Inner/mine',
      'Beside/.git/info/exclude:1 Beside/mine',
      'Beside/.gitignore:1 Beside/out/',
      'Vendor/Inner/.gitignore:1 Vendor/Inner/deep/made.gen Vendor/Inner/made.gen',
    ])
  })

  it('tells what stays here without git, and what is merely untracked', async () => {
    const repo = repository()
    repo.write('a.swift', 'a')
    repo.git('add', '-A')
    repo.write('b.swift', 'b')
    repo.write('.build/x', 'x')
    const untracked = await (await repo.snapshot({include_untracked: false})).listExcluded()
    expect(untracked.map(({rule, paths}) => [rule.source, ...paths])).toEqual(
      expect.arrayContaining([
        ['source.include_untracked', 'b.swift'],
        ['built-in', '.build/'],
      ]),
    )
    const plain = await (await repo.snapshot({mode: 'working_tree'})).listExcluded()
    expect(plain.map(({rule, paths}) => [rule.source, ...paths])).toEqual([['built-in', '.build/']])
  })

  it('sums up by folder and size and says what changed', async () => {
    const repo = repository()
    repo.write('Sources/App/big.swift', 'x'.repeat(5000))
    repo.write('Sources/Kit/small.swift', 'x'.repeat(50))
    repo.write('README.md', 'hello')
    repo.link('link', 'README.md')
    const before = await repo.snapshot()
    repo.write('Sources/Kit/small.swift', 'y'.repeat(50))
    repo.remove('README.md')
    repo.write('new.swift', 'new')
    const snapshot = await repo.snapshot()
    const report = stageReport({
      snapshot,
      excluded: await snapshot.listExcluded(),
      previous: {entries: before.entries, worker: 'w1', at: new Date(0)},
    })
    expect(report).toMatchObject({
      source_tree_hash: snapshot.sourceTreeHash,
      files: 3,
      symlinks: 1,
      bytes: 5053,
      folders: [
        {path: 'Sources', files: 2, bytes: 5050},
        {path: 'Sources/App', files: 1, bytes: 5000},
        {path: 'Sources/Kit', files: 1, bytes: 50},
        {path: '', files: 1, bytes: 3},
      ],
      excluded: [],
      changes: {added: ['new.swift'], changed: ['Sources/Kit/small.swift'], removed: ['README.md'], unchanged: 2, drastic: false},
    })
    expect(report.largest[0]).toEqual({path: 'Sources/App/big.swift', bytes: 5000})
    const lines = stageLines(report, {now: new Date(200_000), colours: false, columns: 80, verbose: false})
    expect(lines.filter((line) => /\d B|kB/.test(line)).every((line) => line.length <= 80)).toBe(true)
    for (const part of [
      'Sources/',
      '  App/',
      '5.00 kB',
      'Since w1 got the source 3 min ago: 1 added, 1 changed, 1 removed, 2 as they were',
      '2 new contents would travel, 53 B.',
      '+ new.swift',
      '~ Sources/Kit/small.swift',
      '- README.md',
    ])
      expect(
        lines.some((line) => line.includes(part)),
        part,
      ).toBe(true)
    expect(stageReport({snapshot, excluded: [], previous: null}).changes).toBeNull()
  })

  it('never lets a name move the cursor, and cuts long ones in their middle', async () => {
    const repo = repository()
    repo.write('.gitignore', '*.log\n')
    repo.write('a.swift', 'a')
    repo.write('red\u001b[31m.log', 'x')
    repo.write(`${'deep/'.repeat(12)}folder-with-a-name/${'n'.repeat(60)}.swift`, 'x')
    const snapshot = await repo.snapshot()
    const previous = {entries: [], worker: 'w1', at: new Date(0)}
    const report = stageReport({snapshot, excluded: await snapshot.listExcluded(), previous})
    const text = stageLines(report, {now: new Date(0), colours: false, columns: 60, verbose: false}).join('\n')
    // oxlint-disable-next-line no-control-regex
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f]/)
    expect(text).toContain('red\\u{1b}[31m.log')
    expect(text).toContain('…')
  })

  it('calls it drastic when more than half is gone or different', () => {
    const file = (path: string, sha256: string) => ({path, type: 'file', mode: '100644', bytes: 1, sha256}) as const
    const before = ['a', 'b', 'c', 'd'].map((path) => file(path, path))
    expect(compareTrees(before, before.slice(2)).drastic).toBe(false)
    expect(compareTrees(before, before.slice(3)).drastic).toBe(true)
    expect(compareTrees(before, [file('a', 'x'), file('b', 'x'), file('d', 'd')])).toMatchObject({
      changed: ['a', 'b'],
      removed: ['c'],
      drastic: true,
    })
    expect(compareTrees([], before).drastic).toBe(false)
  })
})
