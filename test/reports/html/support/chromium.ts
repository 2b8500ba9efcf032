import {existsSync, mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {pathToFileURL} from 'node:url'
import {chromium, type Browser, type Page} from 'playwright-core'
import {pageCode} from '../../../../src/app/report/page-code.ts'
import type {HtmlReport} from '../../../../src/reports/html/client/model.ts'
import {renderHtml} from '../../../../src/reports/html/render-html.ts'

const EXECUTABLE = process.env['CHROMIUM'] ?? '/usr/bin/chromium'
const FLAGS = [
  '--headless',
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]

/** Why these tests cannot run here; null when they can. */
export function chromiumMissing(): string | null {
  return existsSync(EXECUTABLE) ? null : `there is no ${EXECUTABLE}: install Debian's package "chromium", or name another in CHROMIUM`
}

/** A page opened from disk, and everything that it complained about. */
export interface OpenPage {
  readonly page: Page
  /** Console errors and warnings, uncaught errors, requests other than the file itself. */
  readonly complaints: readonly string[]
}

export interface Pages {
  open(
    report: HtmlReport,
    options?: {readonly scheme?: 'light' | 'dark'; readonly width?: number; readonly hash?: string},
  ): Promise<OpenPage>
  close(): Promise<void>
}

export async function openPages(): Promise<Pages> {
  const browser: Browser = await chromium.launch({executablePath: EXECUTABLE, args: FLAGS})
  const folder = mkdtempSync(join(tmpdir(), 'rch-html-'))
  let count = 0
  return {
    async open(report, {scheme = 'light', width = 1360, hash = ''} = {}) {
      const file = join(folder, `report-${(count += 1)}.html`)
      writeFileSync(file, renderHtml(report, pageCode()))
      const url = pathToFileURL(file).href
      const page = await browser.newPage({colorScheme: scheme, viewport: {width, height: 900}})
      const complaints: string[] = []
      page.on('console', (message) => {
        if (['error', 'warning'].includes(message.type())) complaints.push(message.text())
      })
      page.on('pageerror', (error) => complaints.push(error.message))
      page.on('request', (request) => {
        if (request.url().split('#')[0] !== url) complaints.push(`request for ${request.url()}`)
      })
      page.on('dialog', (dialog) => {
        complaints.push(`dialog ${dialog.message()}`)
        void dialog.dismiss()
      })
      await page.goto(url + hash)
      await page.waitForSelector('main section')
      return {page, complaints}
    },
    async close() {
      await browser.close()
      rmSync(folder, {recursive: true, force: true})
    },
  }
}
