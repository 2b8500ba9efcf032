import {readdirSync, readFileSync, statSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'

const PAGE = fileURLToPath(new URL('../../docs/what-differs.md', import.meta.url))

/** The page's tables: file → fields; `''` holds what every document may say differently. */
export function listedFields(): ReadonlyMap<string, ReadonlySet<string>> {
  const listed = new Map<string, Set<string>>([['', new Set()]])
  for (const line of readFileSync(PAGE, 'utf8').split('\n')) {
    const [, file, field] = /^\| (?:`([^`]+)` \| )?`([^`]+)` \| /.exec(line) ?? []
    if (field === undefined) continue
    listed.set(file ?? '', (listed.get(file ?? '') ?? new Set()).add(field))
  }
  return listed
}

/** Whether the page allows a difference; `found` is one of `differences`. */
export function isListed(listed: ReadonlyMap<string, ReadonlySet<string>>, found: string): boolean {
  const [file = '', field = ''] = found.split(' ')
  const fields = listed.get(file)
  if (file.endsWith('.ndjson')) return fields?.has(field) === true || fields?.has(field.replace(/^[^/]+/, '*')) === true
  return listed.get('')?.has(field) === true || fields?.has(field) === true
}

export interface SealedSet {
  readonly directory: string
  /** The folders of its worker. */
  readonly root: string
  readonly jobId: string
}

/** Where two sets differ, as `file field`; of text as `file line n`. Nothing of a result bundle is looked at. */
export function differences(left: SealedSet, right: SealedSet): readonly string[] {
  const [ours, theirs] = [filesOf(left.directory), filesOf(right.directory)]
  const everywhere = [...new Set([...ours, ...theirs])]
  return everywhere.flatMap((file) => {
    if (!ours.has(file) || !theirs.has(file)) return [`${file} is in one of them only`]
    if (file.startsWith('result.xcresult/')) return []
    const [a, b] = [left, right].map(({directory}) => readFileSync(join(directory, file), 'utf8'))
    if (a === undefined || b === undefined || a === b) return []
    if (file.endsWith('.ndjson')) return eventDifferences(eventsIn(a), eventsIn(b)).map((field) => `${file} ${field}`)
    if (file.endsWith('.json')) return fieldDifferences(JSON.parse(a), JSON.parse(b)).map((field) => `${file} ${field}`)
    return lineDifferences(plain(a, left), plain(b, right)).map((line) => `${file} ${line}`)
  })
}

/** Every field that a file of a set has, as the page would name it. */
export function fieldsOf(directory: string, file: string): ReadonlySet<string> {
  const text = readFileSync(join(directory, file), 'utf8')
  if (!file.endsWith('.ndjson')) return new Set(leaves(JSON.parse(text), ''))
  return new Set(eventsIn(text).flatMap((event) => leaves(event, '').flatMap((field) => [`${event.type}${field}`, `*${field}`])))
}

/** The manifest's rows by path. */
export function manifestEntries(directory: string): ReadonlyMap<string, unknown> {
  const {entries}: {entries: readonly {path: string}[]} = JSON.parse(readFileSync(join(directory, 'manifest.json'), 'utf8'))
  return new Map(entries.map((entry) => [entry.path, entry]))
}

interface Event {
  readonly type: string
}

function filesOf(directory: string): ReadonlySet<string> {
  return new Set(
    readdirSync(directory, {recursive: true, encoding: 'utf8'})
      .filter((file) => statSync(join(directory, file)).isFile())
      // A bundle names its files after their content.
      .filter((file) => !file.startsWith('result.xcresult/Data/'))
      .toSorted(),
  )
}

function eventsIn(text: string): readonly Event[] {
  return text
    .split('\n')
    .filter((line) => line !== '')
    .map((line): Event => JSON.parse(line))
    .filter(({type}) => type !== 'heartbeat')
    .map((event) => ({...event, sequence: null}))
}

function eventDifferences(left: readonly Event[], right: readonly Event[]): readonly string[] {
  const [ours, theirs] = [left, right].map((events) => events.map(({type}) => type).join(' '))
  if (ours !== theirs) return [`its events are ${ours} here and ${theirs} there`]
  return [...new Set(left.flatMap((event, index) => fieldDifferences(event, right[index]).map((field) => `${event.type}${field}`)))]
}

function fieldDifferences(left: unknown, right: unknown, at = ''): readonly string[] {
  if (!isTree(left) || !isTree(right) || Array.isArray(left) !== Array.isArray(right))
    return JSON.stringify(left) === JSON.stringify(right) ? [] : [at]
  if (Array.isArray(left) && left.length !== Object.keys(right).length) return [`${at} is of another length`]
  const names = new Set([...Object.keys(left), ...Object.keys(right)])
  const found = [...names].flatMap((name) =>
    fieldDifferences(Reflect.get(left, name), Reflect.get(right, name), `${at}/${Array.isArray(left) ? '*' : name}`),
  )
  return [...new Set(found)]
}

function leaves(value: unknown, at: string): readonly string[] {
  if (!isTree(value)) return [at]
  return Object.entries(value).flatMap(([name, inner]) => leaves(inner, `${at}/${Array.isArray(value) ? '*' : name}`))
}

function isTree(value: unknown): value is object {
  return typeof value === 'object' && value !== null
}

/** Text without what belongs to one worker, one job or one moment. */
function plain(text: string, {root, jobId}: SealedSet): readonly string[] {
  return text
    .replaceAll(root, '<root>')
    .replaceAll(jobId, '<job>')
    .replaceAll(/\b\d{4}-\d\d-\d\d[T _]\d\d[:-]\d\d[:-]\d\d(?:\.\d+)?\b/g, '<time>')
    .replaceAll(/\bxcodebuild\[\d+:/g, 'xcodebuild[<process>:')
    .replaceAll(/\b\d+\.\d+\b/g, '<number>')
    .replaceAll(/\b[0-9a-f]{32}\b/g, '<digest>')
    .split('\n')
}

function lineDifferences(left: readonly string[], right: readonly string[]): readonly string[] {
  if (left.length !== right.length) return [`has ${left.length} lines here and ${right.length} there`]
  return left.flatMap((line, index) => (line === right[index] ? [] : [`line ${index + 1}: ${line} | ${right[index]}`]))
}
