import {readFileSync} from 'node:fs'
import type {ToolContext} from './tool-context.ts'

/** `defaults read PLIST [KEY]` for the property lists that mock Xcode writes. */
export function defaults({argv, output, cwd}: ToolContext): number {
  const [verb, domain = '', key] = argv
  if (verb !== 'read') {
    output.err(`mock defaults: only "read" is performed, not ${verb ?? 'nothing'}\n`)
    return 255
  }
  const path = domain.startsWith('/') ? domain : `${cwd}/${domain}`
  const text = readFirst([path, `${path}.plist`])
  if (text === undefined) {
    output.err(`Domain ${domain} does not exist\n`)
    return 1
  }
  const entries = [...text.matchAll(/<key>([^<]*)<\/key>\s*(?:<string>([^<]*)<\/string>|<(true|false)\/>)/g)].map(
    ([, name, value, flag]) => [name ?? '', value ?? (flag === 'true' ? '1' : '0')] as const,
  )
  if (key === undefined) {
    output.out(`{\n${entries.map(([name, value]) => `    ${name} = ${JSON.stringify(value)};\n`).join('')}}\n`)
    return 0
  }
  const entry = entries.find(([name]) => name === key)
  if (entry === undefined) {
    output.err(`The domain/default pair of (${domain}, ${key}) does not exist\n`)
    return 1
  }
  output.out(`${entry[1]}\n`)
  return 0
}

function readFirst(paths: readonly string[]): string | undefined {
  for (const path of paths) {
    try {
      return readFileSync(path, 'utf8')
    } catch {
      // The next spelling may exist.
    }
  }
  return undefined
}
