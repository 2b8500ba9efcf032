import {spawnSync} from 'node:child_process'
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {afterAll, describe, expect, it} from 'vitest'
import type {HtmlReport} from '../../../src/reports/html/client/model.ts'

const RCH = fileURLToPath(new URL('../../../bin/run.js', import.meta.url))
const LOG = [
  "Test Case '-[AppTests.CartTests testFails]' started.",
  '/w/Tests/CartTests.swift:41: error: -[AppTests.CartTests testFails] : XCTAssertEqual failed: ("1") is not equal to ("2")',
  "Test Case '-[AppTests.CartTests testFails]' failed (0.007 seconds).",
  '** TEST FAILED **',
  '',
].join('\n')

describe('--html', () => {
  const folder = mkdtempSync(join(tmpdir(), 'rch-html-flag-'))
  afterAll(() => rmSync(folder, {recursive: true, force: true}))
  const interpret = (args: readonly string[]) =>
    spawnSync(process.execPath, [RCH, 'xcode', 'interpret', ...args], {
      cwd: folder,
      input: LOG,
      encoding: 'utf8',
      env: {PATH: process.env['PATH'], HOME: folder, NO_COLOR: '1'},
    })

  it('writes a page beside any other report, in one pass over the pipe', () => {
    const {status, stdout, stderr} = interpret(['--junit', '--html', 'report.html'])
    expect(status).toBe(0)
    expect(stdout).toContain('<testsuite')
    expect(stderr).toContain(join(folder, 'report.html'))
    const report = dataOf(readFileSync(join(folder, 'report.html'), 'utf8'))
    expect(report.state).toBe('failed')
    expect(report.tests?.failed[0]).toMatchObject({id: 'AppTests/CartTests/testFails', log: [0, 2]})
    expect(report.logs[0]).toMatchObject({lines: 4, href: null})
  })

  it('links the page to the log that it was made of', () => {
    writeFileSync(join(folder, 'build.log'), LOG)
    expect(interpret(['build.log', '--html', 'page.html', '--json']).stdout).toContain('page.html')
    expect(dataOf(readFileSync(join(folder, 'page.html'), 'utf8')).logs[0]).toMatchObject({name: 'build.log', href: './build.log'})
  })

  it('prints the page and nothing else for -', () => {
    const {stdout} = interpret(['--html', '-'])
    expect(stdout.startsWith('<!doctype html>')).toBe(true)
    expect(stdout.endsWith('</html>\n')).toBe(true)
  })

  it.each([[['--html', '-', '--junit']], [['--html', '-', '--json']], [['--html', 'nowhere/at/all.html']]])('refuses %s', (args) => {
    expect(interpret(args).status).toBe(2)
  })
})

function dataOf(html: string): HtmlReport {
  return JSON.parse(/id="report">(.*?)<\/script>/s.exec(html)?.[1] ?? '')
}
