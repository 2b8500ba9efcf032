import {join} from 'node:path'
import {RchError} from '@rch/contract'
import {loadWorkers} from '../../domain/config/index.ts'
import {makeDirectory, readIfThere, writeFileAtomic} from '../../infra/files.ts'
import type {Lane} from '../lane.ts'

/** Appends a `[[workers]]` table to workers.toml; what stands there stays byte for byte. Throws `usage_error` for a known name. */
export async function addWorker(
  lane: Lane,
  fields: Readonly<Record<string, string | number | readonly string[]>> & {readonly name: string},
): Promise<string> {
  if (lane.workers.some(({name}) => name === fields.name)) {
    throw new RchError('usage_error', `There is a worker "${fields.name}" already.`, {
      data: {worker: fields.name},
      hint: `Run \`rch xcode workers remove ${fields.name}\` first, or choose another name.`,
    })
  }
  const file = join(lane.files.directory, 'workers.toml')
  const before = readIfThere(file)?.toString() ?? 'schema_version = 1\n'
  const block = ['[[workers]]', ...Object.entries(fields).map(([key, value]) => `${key} = ${JSON.stringify(value)}`)].join('\n')
  const text = `${before.endsWith('\n') ? before : `${before}\n`}\n${block}\n`
  await checked(lane, file, text)
  makeDirectory(lane.files.directory)
  writeFileAtomic(file, text)
  return block
}

/** Takes one worker's table out of workers.toml, with the comment lines right above it. */
export async function removeWorker(lane: Lane, name: string): Promise<void> {
  const file = join(lane.files.directory, 'workers.toml')
  const lines = (readIfThere(file)?.toString() ?? '').split('\n')
  const starts = lines.flatMap((line, index) => (/^\s*\[\[workers?\]\]/.test(line) ? [index] : []))
  const found = starts.find((start, order) => nameOf(lines.slice(start, starts[order + 1] ?? lines.length)) === name)
  if (found === undefined)
    throw new RchError('usage_error', `workers.toml has no table of its own for "${name}".`, {data: {worker: name}, hint: `Edit ${file}.`})
  const end = lines.findIndex((line, index) => index > found && /^\s*\[/.test(line))
  const text = [...lines.slice(0, found), ...(end < 0 ? [] : lines.slice(end))].join('\n')
  await checked(lane, file, text)
  writeFileAtomic(file, text)
}

function nameOf(block: readonly string[]): string | null {
  for (const line of block) {
    const match = /^\s*name\s*=\s*["']([^"']*)["']/.exec(line)
    if (match?.[1] !== undefined) return match[1]
  }
  return null
}

/** What is written is what the loader reads. */
async function checked(lane: Lane, path: string, text: string): Promise<void> {
  loadWorkers({path, bytes: Buffer.from(text)}, lane.env['HOME'] ?? '')
}
