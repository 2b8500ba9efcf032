import {readFileSync} from 'node:fs'
import {stripTypeScriptTypes} from 'node:module'
import {joinModules} from './join-modules.ts'
import {STYLE} from './style.ts'

/** What a page brings along: its script and its style sheet, each as the text between its tags. */
export interface ClientCode {
  readonly script: string
  readonly style: string
}

let known: ClientCode | undefined

/** The page's own code: the compiled modules beside this one, or their sources where this one is a source too. Read once. */
export function clientCode(): ClientCode {
  known ??= {script: safeInScript(joinModules('main', readModule)), style: STYLE}
  return known
}

function readModule(name: string): string {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  const source = readFileSync(new URL(`./client/${name}.${extension}`, import.meta.url), 'utf8')
  return extension === 'ts' ? stripTypeScriptTypes(source) : source
}

function safeInScript(script: string): string {
  if (/<\/script|<!--/i.test(script)) throw new Error('the page script holds a tag that would end it')
  return script
}
