import {mkdirSync, readFileSync} from 'node:fs'
import {createRequire} from 'node:module'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import type {HtmlReport} from '../../../src/reports/html/client/model.ts'
import {chromiumMissing, openPages, type Pages} from './support/chromium.ts'
import {HOSTILE, hostileReport} from './support/hostile.ts'
import {excerptOf, findingsOf, hugeReport, reportFrom} from './support/sample-reports.ts'
import {testRow} from '../test-row.ts'
import {brokenReport, cutReport, greenReport, redReport} from './support/sample-pages.ts'

const missing = chromiumMissing()
if (missing !== null) console.warn(`pages skipped: ${missing}`)

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')
const SAMPLES: readonly (readonly [string, () => HtmlReport])[] = [
  ['green', greenReport],
  ['red', redReport],
  ['broken', brokenReport],
  ['huge', hugeReport],
  ['cut', cutReport],
]
/** Screenshots are for people: they are made where a folder is named. */
const SHOTS = process.env['RCH_SCREENSHOTS']

describe.skipIf(missing !== null)('a page in a browser', () => {
  let pages: Pages
  beforeAll(async () => {
    pages = await openPages()
  })
  afterAll(async () => pages.close())

  describe.each(SAMPLES)('%s', (name, sample) => {
    it.each(['light', 'dark'] as const)('breaks no rule of accessibility and no policy in %s', async (scheme) => {
      const {page, complaints} = await pages.open(sample(), {scheme})
      if (SHOTS !== undefined) {
        mkdirSync(SHOTS, {recursive: true})
        await page.screenshot({path: join(SHOTS, `${name}-${scheme}.png`), fullPage: true})
      }
      // As the tool's own world, not the page's: its policy lets no stranger in.
      const session = await page.context().newCDPSession(page)
      await session.send('Runtime.evaluate', {expression: axe})
      const answer = await session.send('Runtime.evaluate', {
        expression:
          'axe.run().then(({violations}) => violations.map(({id, nodes}) => `${id}: ${nodes.map(({html}) => html).slice(0, 3).join(" ")}`))',
        awaitPromise: true,
        returnByValue: true,
      })
      expect(answer.result.value).toEqual([])
      expect(complaints).toEqual([])
      await page.close()
    })

    it('fits a narrow screen', async () => {
      const {page} = await pages.open(sample(), {width: 400})
      expect(await page.evaluate('document.documentElement.scrollWidth <= document.documentElement.clientWidth')).toBe(true)
      await page.close()
    })
  })

  it('runs nothing of what a report says', async () => {
    const {page, complaints} = await pages.open(hostileReport())
    await page.evaluate("for (const closed of document.querySelectorAll('details:not([open]) > summary')) closed.click()")
    await page.locator('#tests [role=grid]').focus()
    for (let row = 0; row < HOSTILE.length; row++) await page.keyboard.press('ArrowDown')
    await page.locator('#log .toolbar button').last().click()
    expect(await page.evaluate('typeof pwned')).toBe('undefined')
    expect(await page.locator('script').count()).toBe(0)
    expect(
      await page.locator('img, svg, iframe, base, meta[http-equiv=refresh], [onerror], [onload], [ontoggle], [href^=javascript]').count(),
    ).toBe(0)
    expect(complaints).toEqual([])
    await page.close()
  })

  it('lets no script in that is not its own', async () => {
    const {page, complaints} = await pages.open(greenReport())
    await page.evaluate("document.body.append(Object.assign(document.createElement('div'), {id: 'there'}))")
    const refused = await page.evaluate(
      "try { document.getElementById('there').innerHTML = '<img src=x onerror=pwned=1>'; 'written' } catch (error) { error.name }",
    )
    expect(refused).toBe('TypeError')
    const handler = await page.evaluate(
      "try { document.getElementById('there').setAttribute('onclick', 'pwned=1'); 'written' } catch (error) { error.name }",
    )
    expect(handler).toBe('TypeError')
    await page.evaluate(
      "document.head.append(Object.assign(document.createElement('a'), {href: 'javascript:pwned=1', id: 'link'})); document.getElementById('link').click()",
    )
    expect(await page.evaluate('typeof pwned')).toBe('undefined')
    expect(complaints.length).toBeGreaterThan(0)
    await page.close()
  })

  describe('with 20,000 tests', () => {
    it('draws only the rows in sight, wherever it is scrolled to', async () => {
      const {page, complaints} = await pages.open(hugeReport())
      const grid = page.locator('#tests [role=grid]')
      expect(await grid.getAttribute('aria-rowcount')).toBe('20001')
      for (const part of [0, 0.25, 0.5, 0.999, 1, 0]) {
        await grid.evaluate(`(element) => { element.scrollTop = ${part} * element.scrollHeight }`)
        await page.waitForFunction(`(() => {
          const grid = document.querySelector('#tests [role=grid]')
          const rows = [...grid.querySelectorAll('.grid-body [role=row]')].map((row) => row.getBoundingClientRect())
          const box = grid.getBoundingClientRect()
          return rows.length <= 60 && Math.min(...rows.map(({top}) => top)) <= box.top + 40 && Math.max(...rows.map(({bottom}) => bottom)) >= box.bottom - 40
        })()`)
      }
      expect(complaints).toEqual([])
      await page.close()
    })

    it('filters, searches and sorts', async () => {
      const {page} = await pages.open(hugeReport())
      const grid = page.locator('#tests [role=grid]')
      const firstName = page.locator('#tests .grid-body [role=row]').first().locator('.test-name')
      await page.getByRole('button', {name: 'failed: 50'}).click()
      expect(await grid.getAttribute('aria-rowcount')).toBe('51')
      await page.getByRole('searchbox', {name: 'Search tests'}).fill('testCase807 ipad')
      expect(await grid.getAttribute('aria-rowcount')).toBe('2')
      expect(await page.locator('#tests [role=status]').textContent()).toContain('1 of')
      expect(await page.getByRole('region', {name: 'Selected test'}).textContent()).toContain('XCTAssertEqual failed: ("807")')
      await page.getByRole('searchbox', {name: 'Search tests'}).fill('')
      await page.getByRole('button', {name: 'All: 20000'}).click()
      await page.getByRole('columnheader', {name: 'Test'}).getByRole('button').click()
      expect(await page.getByRole('columnheader', {name: 'Test'}).getAttribute('aria-sort')).toBe('ascending')
      const ascending = await firstName.textContent()
      await page.getByRole('columnheader', {name: 'Test'}).getByRole('button').click()
      expect(await page.getByRole('columnheader', {name: 'Test'}).getAttribute('aria-sort')).toBe('descending')
      expect(await firstName.textContent()).not.toBe(ascending)
      await page.close()
    })
  })

  it('is walked by keyboard alone', async () => {
    const {page} = await pages.open(redReport())
    const focused = (what: string): Promise<unknown> => page.evaluate(`document.activeElement?.${what}`)
    await page.keyboard.press('Tab')
    expect(await focused('textContent')).toBe('Skip to the report')
    await page.keyboard.press('Enter')
    expect(await focused('id')).toBe('content')
    const grid = page.locator('#tests [role=grid]')
    for (let step = 0; step < 60 && (await focused("getAttribute('role')")) !== 'grid'; step++) await page.keyboard.press('Tab')
    expect(await focused("getAttribute('role')")).toBe('grid')
    const active = async (): Promise<string | null> =>
      page.locator(`#${(await grid.getAttribute('aria-activedescendant')) ?? 'none'}`).getAttribute('aria-rowindex')
    expect(await active()).toBe('2')
    await page.keyboard.press('ArrowDown')
    expect(await active()).toBe('3')
    await page.keyboard.press('End')
    expect(await active()).toBe(await grid.getAttribute('aria-rowcount'))
    expect(await page.locator('#tests [role=row][aria-selected=true]').count()).toBe(1)
    await page.keyboard.press('Home')
    expect(await active()).toBe('2')
    await page.keyboard.press('Enter')
    expect(await focused("getAttribute('aria-label')")).toBe('Selected test')
    await page.keyboard.press('Escape')
    expect(await focused("getAttribute('role')")).toBe('grid')
    await page.close()
  })

  describe('the log', () => {
    it('is opened at the line that an address names', async () => {
      const {page} = await pages.open(cutReport(), {hash: '#log1-L60000'})
      const current = page.locator('.log-row.current')
      await current.waitFor()
      expect(await current.textContent()).toContain('line 60000')
      expect(await page.locator('.log-row').count()).toBeLessThan(120)
      await page.close()
    })

    it('is reached from a failure, and found through', async () => {
      const {page} = await pages.open(redReport())
      await page.locator('#failed .log-link').first().click()
      await page.locator('.log-row.current.told-error').waitFor()
      await page.getByRole('searchbox', {name: /Find in log/}).fill('started')
      expect(await page.locator('#log [role=status]').textContent()).toMatch(/^1 of \d+$/)
      await page.keyboard.press('Enter')
      expect(await page.locator('#log [role=status]').textContent()).toMatch(/^2 of \d+$/)
      await page.close()
    })

    it('has rows of one height, one below the other', async () => {
      const {page} = await pages.open(brokenReport())
      const heights = await page.evaluate("[...document.querySelectorAll('.log-row')].map((row) => row.getBoundingClientRect().height)")
      expect(new Set(Array.isArray(heights) ? heights : [])).toEqual(new Set([20]))
      await page.close()
    })

    it('says what was cut and where the rest is', async () => {
      const {page} = await pages.open(cutReport())
      expect(await page.locator('#log .cut').textContent()).toMatch(/left out here/)
      expect(await page.locator('#log .cut a').getAttribute('href')).toBe('./build.log')
      await page.close()
    })

    it('links to nothing but relative addresses', async () => {
      const excerpt = excerptOf(
        Array.from({length: 500}, (_, index) => `line ${index}`),
        {head: 100, tail: 100, around: 0, line: 100},
      )
      const {page} = await pages.open(reportFrom({logs: [{label: '', name: 'build.log', href: 'javascript:pwned=1', excerpt}]}))
      expect(await page.locator('#log .cut a').count()).toBe(0)
      await page.close()
    })
  })

  it('prints its tests and the lines around failures', async () => {
    const {page} = await pages.open(redReport())
    await page.emulateMedia({media: 'print'})
    await page.evaluate("dispatchEvent(new Event('beforeprint'))")
    if (SHOTS !== undefined) await page.screenshot({path: join(SHOTS, 'red-print.png'), fullPage: true})
    expect(await page.locator('#tests .printed tbody tr').count()).toBe(redReport().tests?.rows.length)
    expect(await page.locator('#log .printed').textContent()).toContain('error:')
    expect(await page.locator('nav').isVisible()).toBe(false)
    await page.evaluate("dispatchEvent(new Event('afterprint'))")
    expect(await page.locator('.printed').count()).toBe(0)
    await page.close()
  })

  it('shows one test and an empty log', async () => {
    const report = reportFrom({
      findings: findingsOf([testRow('T/S/only')]),
      logs: [{label: '', name: 'build.log', href: null, excerpt: excerptOf([])}],
    })
    const {page, complaints} = await pages.open(report)
    expect(await page.locator('#log').textContent()).toContain('The log is empty.')
    expect(complaints).toEqual([])
    await page.close()
  })
})
