import {join} from 'node:path'
import type {Invocation} from './invocation.ts'

/** What xcodebuild prints before it does anything. */
export function preamble(invocation: Invocation, developerDir: string): string {
  const command = [join(developerDir, 'usr/bin/xcodebuild'), ...invocation.words].map(quoted).join(' ')
  const list = (title: string, entries: Readonly<Record<string, string>>): string => {
    const rows = Object.entries(entries).map(([key, value]) => `    ${key} = ${value}\n`)
    return rows.length === 0 ? '' : `${title}:\n${rows.join('')}\n`
  }
  return `Command line invocation:\n    ${command}\n\n${list('User defaults from command line', invocation.userDefaults)}${list('Build settings from command line', invocation.settings)}note: mock Xcode: it reads sources and compiles nothing\n\n`
}

function quoted(word: string): string {
  return /[\s"'()]/.test(word) ? `"${word.replaceAll('"', '\\"')}"` : word
}
