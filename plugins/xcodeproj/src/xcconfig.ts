import {readError} from './read-error.ts'

export interface Xcconfig {
  /** Last assignment of each key as written; conditional ones (`KEY[sdk=…]`) keep their condition in the key. */
  readonly settings: ReadonlyMap<string, string>
  /** `#include "…"`, in order, relative to the file that holds them; `<DEVELOPER_DIR>` is left as written. */
  readonly includes: readonly {readonly path: string; readonly optional: boolean}[]
}

const MAX_LINE = 20_000

/** Reads the text of an `.xcconfig`. Pure; throws `project_unreadable` for a line that is neither setting, include nor comment. */
export function readXcconfig(text: string): Xcconfig {
  const settings = new Map<string, string>()
  const includes: {path: string; optional: boolean}[] = []
  let offset = 0
  for (const raw of text.split('\n')) {
    if (raw.length > MAX_LINE) throw readError('xcconfig', `a line of more than ${MAX_LINE} characters`, text, offset)
    const line = raw.replace(/\/\/.*$/, '').trim()
    const include = /^#include(\?)?\s*"([^"]*)"$/.exec(line)
    const setting = /^([A-Za-z_][\w.]*(?:\[[^\]]*\])*)\s*=\s*(.*?);?$/.exec(line)
    if (include !== null) includes.push({path: include[2]!, optional: include[1] === '?'})
    else if (setting !== null) settings.set(setting[1]!, setting[2]!.trim())
    else if (line !== '') throw readError('xcconfig', `cannot be read: ${JSON.stringify(line.slice(0, 60))}`, text, offset)
    offset += raw.length + 1
  }
  return {settings, includes}
}
