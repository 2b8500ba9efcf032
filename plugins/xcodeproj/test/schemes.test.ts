import {describe, expect, test} from 'vitest'
import {readScheme, readWorkspace} from '../src/index.ts'
import {refusal} from './support.ts'

describe('workspaces and schemes', () => {
  test('locations resolve through groups', () => {
    const text = `<Workspace version="1.0"><FileRef location="self:"></FileRef><Group location="group:Sub" name="S"><FileRef location="group:A.xcodeproj"/><FileRef location="container:B.xcodeproj"/></Group><FileRef location="absolute:/x/../C.xcodeproj"/><FileRef location="developer:D"/></Workspace>`
    expect(readWorkspace(text)).toEqual([
      {location: 'self:', path: {base: 'source_root', path: ''}, self: true},
      {location: 'group:A.xcodeproj', path: {base: 'source_root', path: 'Sub/A.xcodeproj'}, self: false},
      {location: 'container:B.xcodeproj', path: {base: 'source_root', path: 'B.xcodeproj'}, self: false},
      {location: 'absolute:/x/../C.xcodeproj', path: {base: 'absolute', path: '/C.xcodeproj'}, self: false},
      {location: 'developer:D', path: {base: 'developer_dir', path: 'D'}, self: false},
    ])
  })

  test('a scheme tells what it builds, tests, skips and runs', () => {
    const reference = (name: string) =>
      `<BuildableReference BlueprintIdentifier="ID${name}" BuildableName="${name}.app" BlueprintName="${name}" ReferencedContainer="container:App.xcodeproj"/>`
    const scheme = readScheme(`<?xml version="1.0"?><!-- c --><Scheme version="1.7">
      <BuildAction><PreActions><ExecutionAction/></PreActions><BuildActionEntries><BuildActionEntry buildForTesting="NO">${reference('App')}</BuildActionEntry></BuildActionEntries></BuildAction>
      <TestAction buildConfiguration="Debug" codeCoverageEnabled="YES"><TestPlans><TestPlanReference reference="container:A &amp; B.xctestplan" default="YES"/></TestPlans>
      <Testables><TestableReference skipped="YES" parallelizable="YES">${reference('T')}<SkippedTests><Test Identifier="A/b()"/></SkippedTests></TestableReference><TestableReference skipped="NO"/></Testables></TestAction>
      <LaunchAction buildConfiguration="Release"><BuildableProductRunnable>${reference('App')}</BuildableProductRunnable></LaunchAction></Scheme>`)
    expect(scheme).toMatchObject({
      buildEntries: [
        {reference: {targetName: 'App', targetId: 'IDApp', container: 'container:App.xcodeproj'}, forTesting: false, forRunning: true},
      ],
      test: {
        configuration: 'Debug',
        codeCoverage: true,
        testPlans: [{reference: 'container:A & B.xctestplan', isDefault: true}],
        testables: [{reference: {targetName: 'T'}, skipped: true, parallelizable: true, skippedTests: ['A/b()']}],
      },
      launch: {configuration: 'Release', runnable: {targetName: 'App'}},
      hasScripts: true,
    })
  })

  test.each([
    ['', 1],
    ['<a>', 1],
    ['<a></b>', 1],
    ['<a>\n<b x=1/></a>', 2],
    ['<a/><b/>', 1],
    ['text', 1],
    ['<a x="1" x="2"/>', 1],
    ['<a>&nope;</a>', 1],
    ['<a><!-- never</a>', 1],
    ['<!DOCTYPE x', 1],
    ['<a>'.repeat(1000), 1],
  ])('%j is no scheme', (text, line) => {
    expect(refusal(() => readScheme(text)).data['line']).toBe(line)
  })
})
