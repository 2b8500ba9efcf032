import {createHash} from 'node:crypto'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'
import {pageCode} from '../../../src/app/report/page-code.ts'
import {embedJson, escapeHtml} from '../../../src/reports/html/embed-json.ts'
import {joinModules} from '../../../src/reports/html/join-modules.ts'
import {renderHtml} from '../../../src/reports/html/render-html.ts'
import {findingsOf, reportFrom} from './support/sample-reports.ts'
import {testRow} from '../test-row.ts'
import {HOSTILE, hostileReport} from './support/hostile.ts'

const CODE = pageCode()

describe('a page', () => {
  it('carries a policy that names exactly its own script and style', () => {
    const html = renderHtml(reportFrom({}), CODE)
    const policy = /Content-Security-Policy" content="([^"]*)"/.exec(html)?.[1] ?? ''
    const hashOf = (text: string | undefined): string =>
      `'sha256-${createHash('sha256')
        .update(text ?? '')
        .digest('base64')}'`
    expect(policy).not.toMatch(/unsafe|\*|https?:|data:/)
    expect(policy).toContain("default-src 'none'")
    expect(policy).toContain(`script-src ${hashOf(/<script type="module">([\s\S]*?)<\/script>/.exec(html)?.[1])}`)
    expect(policy).toContain(`style-src ${hashOf(/<style>([\s\S]*?)<\/style>/.exec(html)?.[1])}`)
  })

  it('asks for nothing from outside', () => {
    const html = renderHtml(reportFrom({}), CODE)
    expect(html).not.toMatch(/<(?:link|img|iframe|object|embed)\b|\bsrc=|@import|url\(|https?:\/\//)
  })

  it('says without a script how it ended and what failed', () => {
    const findings = findingsOf([
      testRow('A/B/testC', {outcome: 'failed', failures: [{message: 'not <equal>', file: null, line: null, column: null, details: []}]}),
    ])
    const html = renderHtml(reportFrom({headline: '1 test failed', findings}), CODE)
    const still = /<noscript>([\s\S]*?)<\/noscript>/.exec(html)?.[1]
    expect(still).toContain('1 test failed')
    expect(still).toContain('A/B/testC: not &#60;equal&#62;')
  })

  it('is the same bytes for the same report', () => {
    expect(renderHtml(reportFrom({}), CODE)).toBe(renderHtml(reportFrom({}), CODE))
  })

  it('holds hostile text only as escaped data', () => {
    const html = renderHtml(hostileReport(), CODE)
    const rest = html.replace(CODE.script, '').replace(CODE.style, '')
    for (const text of HOSTILE) if (/[<>&]/.test(text)) expect(rest).not.toContain(text)
    expect(rest.match(/<script/g)).toHaveLength(2)
    expect(rest.match(/<\/script>/g)).toHaveLength(2)
  })
})

describe('embedded data', () => {
  it('reads back as it was, and cannot end its element', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = embedJson(value)
        expect(text).not.toMatch(/[<>&\u2028\u2029]/)
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)))
      }),
    )
    for (const text of HOSTILE) expect(JSON.parse(embedJson(text))).toBe(text)
  })

  it('escapes markup', () => {
    for (const text of HOSTILE) expect(escapeHtml(text)).not.toMatch(/[<>"']/)
  })
})

describe('joined modules', () => {
  const modules: Record<string, string> = {
    main: "import { one } from './one.js';\nimport {two as zwei} from './two.ts'\nconst value = one + zwei();\nexport const result = value;\n",
    one: "import {two} from './two.js'\nexport const one = two() + 1\nconst hidden = 5\n",
    two: 'const hidden = 2\nexport function two() {\n  return hidden\n}\n',
  }
  const read = (name: string): string => modules[name] ?? ''

  it('run in the order of their imports, each with names of its own', () => {
    const script = joinModules('main', read)
    expect(script.indexOf('$two =')).toBeLessThan(script.indexOf('$one ='))
    expect(script.indexOf('$one =')).toBeLessThan(script.indexOf('$main ='))
    expect(script).toContain('const {two: zwei} = $two')
    expect(script).not.toMatch(/^(?:import|export)\b/m)
  })

  it.each([
    ['a default import', "import x from './one.js'\n"],
    ['another package', "import {x} from 'left-pad'\n"],
    ['a default export', 'export default 1\n'],
    ['a cycle', "import {result} from './main.js'\nexport const one = result\n"],
  ])('refuse %s', (_what, source) => {
    expect(() => joinModules('main', (name) => (name === 'one' ? source : read(name)))).toThrow()
  })
})
