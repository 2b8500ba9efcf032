import {linkSync, readFileSync, rmSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {randomUUID} from 'node:crypto'
import {IDENTIFIER, uuidv7} from '@rch/contract/identity'
import {isErrno, makeDirectory} from './files.ts'

/** This host's id, made once: two hosts on one commit share a `run_id`, never this. */
export function hostId(stateDir: string): string {
  const file = join(stateDir, 'host_id')
  const known = read(file)
  if (known !== undefined) return known
  makeDirectory(stateDir)
  const temporary = join(stateDir, `.tmp-${randomUUID()}`)
  writeFileSync(temporary, `${uuidv7()}\n`, {mode: 0o600, flag: 'wx'})
  try {
    // Of two first commands at once, one gives the id and both use it.
    linkSync(temporary, file)
  } catch (error) {
    if (!isErrno(error, 'EEXIST')) throw error
  } finally {
    rmSync(temporary, {force: true})
  }
  return read(file) ?? hostId(stateDir)
}

function read(file: string): string | undefined {
  try {
    const id = readFileSync(file, 'utf8').trim()
    return IDENTIFIER.test(id) ? id : undefined
  } catch (error) {
    if (isErrno(error, 'ENOENT')) return undefined
    throw error
  }
}
