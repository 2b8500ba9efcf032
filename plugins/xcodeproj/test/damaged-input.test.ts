import fc from 'fast-check'
import {test} from 'vitest'
import {isRchError} from '@rch/contract'
import {
  readPackageManifest,
  readPackageResolved,
  readProject,
  readScheme,
  readTestPlan,
  readTuistManifest,
  readWorkspace,
  readXcconfig,
  readXcodegenManifest,
} from '../src/index.ts'
import {PROJECT} from './support.ts'

test('damaged input is read or refused with a code, and never anything else', () => {
  const readers: readonly (readonly [string, (text: string) => unknown])[] = [
    [PROJECT, readProject],
    ['<a b="c"><d>e &amp; f</d><![CDATA[x]]></a>', readScheme],
    ['<Workspace><Group location="group:A"><FileRef location="group:B"/></Group></Workspace>', readWorkspace],
    ['let package = Package(name: "A" + #"b"#, targets: [.target(name: """\n  x\n  """, path: "p")] + [a ? b : c])', readPackageManifest],
    ['{"version": 1, "testTargets": [{"target": {"name": "T"}}]}', readTestPlan],
    ['{"version": 2, "pins": [{"identity": "x", "state": {}}]}', readPackageResolved],
    ['#include "x"\nA = b\n', readXcconfig],
    ['name: a\ntargets:\n  b:\n    type: c\n', readXcodegenManifest],
    ['Project(name: "A", targets: [.target(name: "T", destinations: [.iPhone])])', readTuistManifest],
  ]
  const noise = fc.constantFrom(
    '{',
    '}',
    '(',
    ')',
    '"',
    "'",
    '<',
    '>',
    '/*',
    '*/',
    '\\',
    ';',
    ',',
    '=',
    '\n',
    '[',
    ']',
    '&',
    '#"',
    '\0',
    '\ud800',
    'é',
    '"""',
    '?',
    '+',
    ':',
  )
  fc.assert(
    fc.property(fc.constantFrom(...readers), fc.array(fc.tuple(fc.nat(), fc.nat(5), noise), {maxLength: 5}), ([text, read], edits) => {
      let damaged = text
      for (const [at, cut, insert] of edits) {
        const place = at % (damaged.length + 1)
        damaged = damaged.slice(0, place) + insert + damaged.slice(place + cut)
      }
      try {
        read(damaged)
      } catch (error) {
        if (!isRchError(error) || error.code !== 'project_unreadable') throw error
      }
    }),
    {numRuns: 4000},
  )
})
