import {describe, expect, test} from 'vitest'
import {buildSetting, joinPath, readPlist, readProject, readXcconfig} from '../src/index.ts'
import {PROJECT, refusal} from './support.ts'

describe('project.pbxproj', () => {
  const project = readProject(PROJECT)
  const pathOf = (id: string) => project.nodes.get(id)?.path

  test('paths follow groups and source trees; cycles and dangling references end', () => {
    expect(['F1', 'F2', 'F3', 'S', 'SUB', 'LOC', 'VAR', 'ABS', 'APP'].map(pathOf)).toEqual([
      {base: 'source_root', path: 'a b/One.swift'},
      {base: 'source_root', path: 'Two.m'},
      {base: 'sdk', path: 'UIKit.framework'},
      {base: 'source_root', path: 'Sour"ces/de.lproj/Main.storyboard'},
      {base: 'source_root', path: 'Sub/Sub.xcodeproj'},
      {base: 'source_root', path: '../Local'},
      {base: 'variable', variable: 'MY_ROOT', path: 'x'},
      {base: 'absolute', path: '/opt/lib.a'},
      {base: 'built_products', path: 'App.app'},
    ])
    expect(project.targets.map(({name}) => name)).toEqual(['App', 'AppTests', 'All'])
    expect(project.subprojects).toEqual([{base: 'source_root', path: 'Sub/Sub.xcodeproj'}])
    expect(project.localPackages).toEqual([{base: 'source_root', path: 'Packages/Mine'}])
    expect(project.folderReferences).toEqual([{base: 'source_root', path: '../Local'}])
    expect(project.remotePackages.map(({requirement}) => requirement.get('version'))).toEqual(['1.2.3'])
  })

  test('targets know their phases, scripts, products, hosts and settings', () => {
    const [app, tests] = project.targets
    expect(app?.buildPhases).toMatchObject([
      {isa: 'PBXSourcesBuildPhase', files: [{nodeId: 'F1'}, {packageProduct: 'Lib', path: null}]},
      {isa: 'PBXShellScriptBuildPhase', name: 'Lint', shellScript: {script: 'echo "hi"\né\n', inputPaths: ['$(SRCROOT)/x']}},
    ])
    expect(tests).toMatchObject({isTest: true, testHostId: 'T', dependencies: ['T']})
    expect(project.buildConfigurations.defaultName).toBe('Release')
    const files = new Map([
      ['Config/Base.xcconfig', readXcconfig('#include "More.xcconfig"\n#include? "Gone.xcconfig"\nA = 1 // one\nA[sdk=iphone*] = 2\n')],
      ['Config/More.xcconfig', readXcconfig('A = 0\nB = yes;\n#include "Base.xcconfig"')],
    ])
    const setting = (key: string) => app && buildSetting(key, project, app, 'Debug', files)
    expect([setting('SDKROOT'), setting('A'), setting('B'), setting('C')]).toEqual(['macosx', '1', 'yes', null])
  })

  test('XML property lists are read as well', () => {
    const xml = `<?xml version="1.0"?><!DOCTYPE plist PUBLIC "x" "y"><plist version="1.0"><dict><key>a</key><array><string>b &amp; c</string><true/><integer>5</integer></array></dict></plist>`
    expect(readPlist(xml)).toEqual(new Map([['a', ['b & c', 'YES', '5']]]))
  })

  test.each([
    ['', 1, 1],
    ['{a = 1', 1, 7],
    ['{\n  a = (1, 2\n', 3, 1],
    ['{a = "open', 1, 6],
    ['{a = <zz>;}', 1, 6],
    ['{a = 1; a = 2;}', 1, 9],
    ['{a = 1; /* never', 1, 9],
    ['{}\n{}', 2, 1],
    ['<<<<<<< HEAD', 1, 1],
    ['('.repeat(1000), 1, 202],
  ])('%j is refused where it is wrong', (text, line, column) => {
    expect(refusal(() => readPlist(text)).data).toMatchObject({line, column})
  })

  test('what is a property list and no project', () => {
    for (const text of [
      'x',
      '{}',
      '{objects = {}; rootObject = P;}',
      '{objects = {P = 1;}; rootObject = P;}',
      '{objects = {P = {isa = PBXGroup;};}; rootObject = P;}',
    ]) {
      expect(refusal(() => readProject(text)).code).toBe('project_unreadable')
    }
  })
})

test('paths join without a file system', () => {
  expect([
    joinPath('', 'a'),
    joinPath('a/b', '../c'),
    joinPath('', '../x'),
    joinPath('/', '../x'),
    joinPath('a', '.', 'b/'),
    joinPath('a', '..'),
  ]).toEqual(['a', 'a/c', '../x', '/x', 'a/b', ''])
})
