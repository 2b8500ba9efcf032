import {readFileSync} from 'node:fs'
import {runTool} from '../../infra/run-tool.ts'

/** The string members at the top of a property list. Binary lists are read by macOS's own `plutil`. */
export async function readPlistStrings(file: string): Promise<Readonly<Record<string, string>>> {
  const bytes = readFileSync(file)
  if (!bytes.subarray(0, 6).equals(Buffer.from('bplist'))) return xmlStrings(bytes.toString())
  const {code, stdout} = await runTool('/usr/bin/plutil', ['-convert', 'xml1', '-o', '-', file], {
    env: {PATH: '/usr/bin:/bin'},
    timeoutMs: 10_000,
  })
  return code === 0 ? xmlStrings(stdout) : {}
}

function xmlStrings(xml: string): Record<string, string> {
  const found: Record<string, string> = {}
  for (const [, key, value] of xml.matchAll(/<key>([^<]*)<\/key>\s*<string>([^<]*)<\/string>/g)) {
    if (key !== undefined && value !== undefined) found[unescape(key)] = unescape(value)
  }
  return found
}

const ENTITIES: Readonly<Record<string, string>> = {'&lt;': '<', '&gt;': '>', '&amp;': '&', '&quot;': '"', '&apos;': "'"}

function unescape(text: string): string {
  return text.replaceAll(/&(?:lt|gt|amp|quot|apos);/g, (entity) => ENTITIES[entity] ?? entity)
}
