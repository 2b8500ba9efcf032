import type {OptionRow} from '@rch/contract/kinds/xcodebuild'

/** Reads the value of a modelled option; `null` when it is none. */
export function readValue(row: OptionRow, value: string): string | number | boolean | null {
  switch (row.value) {
    case 'bool':
      return value === 'YES' ? true : value === 'NO' ? false : null
    case 'count':
      return readNumber(value, 10_000)
    case 'seconds':
      return readNumber(value, 86_400)
    case 'choice':
      return row.choices?.includes(value) === true ? value : null
    case 'locale':
      return /^[A-Za-z0-9_-]{1,32}$/.test(value) ? value : null
    case 'identifier':
    case 'text':
      return isPlainText(value) ? value : null
    default:
      return null
  }
}

/** What `readValue` expects, for people. */
export function expectedValue(row: OptionRow): string {
  switch (row.value) {
    case 'bool':
      return 'YES or NO'
    case 'count':
      return 'a number from 1 to 10000'
    case 'seconds':
      return 'seconds, from 1 to 86400'
    case 'choice':
      return (row.choices ?? []).join(' or ')
    case 'locale':
      return 'a language or region such as en or DE'
    case 'path':
      return 'a path'
    case 'destination':
      return 'platform=…,name=…,OS=…'
    default:
      return '1 to 255 visible characters without a leading - or @'
  }
}

function readNumber(value: string, most: number): number | null {
  return /^[1-9][0-9]{0,5}$/.test(value) && Number(value) <= most ? Number(value) : null
}

/** A name that Xcode takes as it is; `@` in front would read a file of words. */
function isPlainText(value: string): boolean {
  return value.length > 0 && value.length <= 255 && !value.startsWith('@')
}
