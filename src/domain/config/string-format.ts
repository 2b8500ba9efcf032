import {ERRORS, isErrorCode} from '@rch/contract'
import {isNeverSetting} from '@rch/contract/kinds/xcodebuild'
import {environmentNameProblem} from './environment-name.ts'
import type {StringFormat} from './key-row.ts'

const MAX_TEXT = 4096
const SETTING_NAME = /^[A-Za-z_][A-Za-z0-9_]*$/
const CONTROL = /[\p{Cc}\u2028\u2029]/u

/** What is wrong with a string for its format, or `null`. */
export function stringProblem(value: string, format: StringFormat): string | null {
  if (value.length > MAX_TEXT) return `is longer than ${MAX_TEXT} characters`
  if (!value.isWellFormed()) return 'holds a lone surrogate'
  if (CONTROL.test(value)) return 'holds a control character'
  return CHECKS[format](value)
}

const CHECKS: Readonly<Record<StringFormat, (value: string) => string | null>> = {
  text: () => null,
  pattern: (value) => (value === '' ? 'is empty' : null),
  name: nameProblem,
  path_inside: pathInsideProblem,
  absolute_path: (value) => (value.startsWith('/') && isNormal(value.slice(1)) ? null : 'is not an absolute path without "." and ".."'),
  user_path: (value) => (/^(\/|~\/)/.test(value) ? null : 'is not an absolute path (it may begin with "~/")'),
  env_name: environmentNameProblem,
  setting_name: matching(SETTING_NAME, 'is not the name of a build setting'),
  granted_setting: grantProblem,
  version: matching(/^(\d{1,4}(\.\d{1,4}){0,3}|latest)$/, 'is not a version such as "18.2"'),
  version_range: matching(
    /^(\d+(\.\d+){0,2}|(>=|<=|>|<|=)\s*\d+(\.\d+){0,2}(\s+(>=|<=|>|<|=)\s*\d+(\.\d+){0,2})*)$/,
    'is neither a version such as "16.2" nor a range such as ">=16 <17"',
  ),
  identifier: matching(/^[A-Za-z0-9][A-Za-z0-9._-]{0,254}$/, 'is not an identifier (letters, digits, ".", "_", "-")'),
  namespace: matching(/^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/, 'is not a name of letters, digits, "_" and "-"'),
  sha256: matching(/^[0-9a-f]{64}$/, 'is not a SHA-256 in lower-case hexadecimal'),
  fingerprint: matching(/^SHA256:[A-Za-z0-9+/]{43}=?$/, 'is not a fingerprint such as "SHA256:…"'),
  error_code: retryProblem,
}

function matching(pattern: RegExp, problem: string): (value: string) => string | null {
  return (value) => (pattern.test(value) ? null : problem)
}

/** A setting that a list would allow. */
function grantProblem(value: string): string | null {
  if (!SETTING_NAME.test(value)) return 'is not the name of a build setting'
  return isNeverSetting(value) ? 'can name a program, load code or leave the workspace: nothing allows it' : null
}

/** What ends up as one word of a command line: it must not read as an option. */
function nameProblem(value: string): string | null {
  if (value === '') return 'is empty'
  if (value.length > 255) return 'is longer than 255 characters'
  return value.startsWith('-') ? 'begins with "-"' : null
}

function pathInsideProblem(value: string): string | null {
  if (value === '.') return null
  if (value === '' || value.startsWith('-')) return value === '' ? 'is empty' : 'begins with "-"'
  return isNormal(value) ? null : 'is not a path inside the repository (relative, without "." and "..")'
}

function isNormal(path: string): boolean {
  return path.split('/').every((part) => part !== '' && part !== '.' && part !== '..')
}

/** A result of Xcode is an answer; only failures of the lane itself are worth another attempt. */
function retryProblem(value: string): string | null {
  if (!isErrorCode(value)) return 'is no error code'
  return ERRORS[value].retryable === true ? null : 'is not an infrastructure error that another attempt could mend'
}
