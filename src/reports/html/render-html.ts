import {createHash} from 'node:crypto'
import type {HtmlReport} from './client/model.ts'
import {embedJson, escapeHtml} from './embed-json.ts'

/** What a page brings along: its script and its style sheet, each as the text between its tags. */
export interface PageCode {
  readonly script: string
  readonly style: string
}

/**
 * A whole report as one HTML file that opens from disk. It asks for nothing, runs only the script whose hash its policy names, and holds the
 * data as JSON that the script shows as text. Without scripts it still says how it ended and what failed.
 */
export function renderHtml(report: HtmlReport, code: PageCode): string {
  const title = escapeHtml(`${report.title}: ${report.headline}`)
  const script = `\n${code.script}`
  const style = `\n${code.style}`
  return [
    '<!doctype html>',
    '<html lang="en">',
    '<head>',
    '<meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policyOf(script, style)}">`,
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    '<meta name="color-scheme" content="light dark">',
    '<meta name="referrer" content="no-referrer">',
    '<meta name="robots" content="noindex">',
    `<title>${title}</title>`,
    `<style>${style}</style>`,
    '</head>',
    '<body>',
    `<noscript>${withoutScript(report)}</noscript>`,
    `<script type="application/json" id="report">${embedJson(report)}</script>`,
    `<script type="module">${script}</script>`,
    '</body>',
    '</html>',
    '',
  ].join('\n')
}

function policyOf(script: string, style: string): string {
  const hash = (text: string): string => `'sha256-${createHash('sha256').update(text).digest('base64')}'`
  return [
    "default-src 'none'",
    `script-src ${hash(script)}`,
    `style-src ${hash(style)}`,
    "base-uri 'none'",
    "form-action 'none'",
    "require-trusted-types-for 'script'",
    "trusted-types 'none'",
  ].join('; ')
}

const LISTED = 200

function withoutScript({title, headline, tests, troubles}: HtmlReport): string {
  const failed = (tests?.failed ?? [])
    .slice(0, LISTED)
    .map(({id, failures}) => `${id}${failures[0] === undefined ? '' : `: ${failures[0].message}`}`)
  const items = [...troubles.map(({code, message}) => `${code}: ${message}`), ...failed].map((text) => `<li>${escapeHtml(text)}</li>`)
  return [
    `<main><h1>${escapeHtml(title)}</h1><p>${escapeHtml(headline)}</p>`,
    items.length === 0 ? '' : `<ul>${items.join('')}</ul>`,
    '<p>Tests, diagnostics and log are shown by a script, which is switched off here.</p></main>',
  ].join('')
}
