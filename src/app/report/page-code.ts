import {readFileSync} from 'node:fs'
import {stripTypeScriptTypes} from 'node:module'
import {joinModules} from '../../reports/html/join-modules.ts'
import type {PageCode} from '../../reports/html/render-html.ts'
import {STYLE} from '../../reports/html/style.ts'

let known: PageCode | undefined

/** The page's own code: the compiled modules, or their sources where this module is a source too. Read once. */
export function pageCode(): PageCode {
  known ??= {script: safeInScript(joinModules('main', readModule)), style: STYLE}
  return known
}

function readModule(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const source = readFileSync(new URL(`../../reports/html/client/${name}.${extension}`, import.meta.url), 'utf8')
  return extension === 'ts' ? stripTypeScriptTypes(source) : source
}

function safeInScript(script: string): string {
  if (/<\/script|<!--/i.test(script)) throw new Error('the page script holds a tag that would end it')
  return script
}
