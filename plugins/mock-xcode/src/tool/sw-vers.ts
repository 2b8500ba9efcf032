import {macosBuild, macosVersion} from '../mock-version.ts'
import type {ToolContext} from './tool-context.ts'

const rows: Readonly<Record<string, readonly [label: string, value: string]>> = {
  productname: ['ProductName', 'macOS'],
  productversion: ['ProductVersion', macosVersion],
  buildversion: ['BuildVersion', macosBuild],
}

/** `sw_vers` and its single-value forms. */
export function swVers({argv, output}: ToolContext): number {
  const [word] = argv
  if (word === undefined) {
    for (const [label, value] of Object.values(rows)) output.out(`${label}:\t\t${value}\n`)
    return 0
  }
  const row = rows[word.replace(/^--?/, '').toLowerCase()]
  if (row === undefined) {
    output.err('Usage: sw_vers [--help|--productName|--productVersion|--productVersionExtra|--buildVersion]\n')
    return 1
  }
  output.out(`${row[1]}\n`)
  return 0
}
