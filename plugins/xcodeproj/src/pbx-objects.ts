import {readPlist, type PlistDict, type PlistValue} from './plist.ts'
import {shapeError} from './read-error.ts'

const WHAT = 'project.pbxproj'

/** The object graph of a `project.pbxproj`, before anything is resolved. */
export interface PbxGraph {
  readonly objectVersion: string
  readonly root: PbxObject
  /** The object with that id; `null` for a dangling reference, which Xcode tolerates too. */
  get(id: string | null): PbxObject | null
  all(isa: string): readonly PbxObject[]
}

/** One object: its id, its class and readers of its fields that never throw on a wrong type. */
export interface PbxObject {
  readonly id: string
  readonly isa: string
  readonly fields: PlistDict
  text(key: string): string | null
  list(key: string): readonly string[]
  dict(key: string): PlistDict
}

/** Parses the text of a `project.pbxproj` of any `objectVersion`. Throws `project_unreadable`. */
export function readPbxGraph(source: string): PbxGraph {
  const top = readPlist(source)
  if (!isDict(top)) throw shapeError(WHAT, 'is not a dictionary')
  const objects = top.get('objects')
  if (objects === undefined || !isDict(objects)) throw shapeError(WHAT, 'has no "objects"')
  const byId = new Map<string, PbxObject>()
  const byIsa = new Map<string, PbxObject[]>()
  for (const [id, fields] of objects) {
    if (!isDict(fields)) throw shapeError(WHAT, `object ${id} is not a dictionary`)
    const object = pbxObject(id, fields)
    byId.set(id, object)
    const same = byIsa.get(object.isa)
    if (same === undefined) byIsa.set(object.isa, [object])
    else same.push(object)
  }
  const rootId = top.get('rootObject')
  const root = typeof rootId === 'string' ? byId.get(rootId) : undefined
  if (root?.isa !== 'PBXProject') throw shapeError(WHAT, '"rootObject" names no PBXProject')
  const version = top.get('objectVersion')
  return {
    objectVersion: typeof version === 'string' ? version : '',
    root,
    get: (id) => (id === null ? null : (byId.get(id) ?? null)),
    all: (isa) => byIsa.get(isa) ?? [],
  }
}

export function pbxObject(id: string, fields: PlistDict): PbxObject {
  return {
    id,
    fields,
    isa: textOf(fields.get('isa')) ?? '',
    text: (key) => textOf(fields.get(key)),
    list: (key) => textsOf(fields.get(key)),
    dict: (key) => dictOf(fields.get(key)),
  }
}

export function textOf(value: PlistValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}

/** The strings of an array; one string counts as an array of one, as Xcode reads it. */
export function textsOf(value: PlistValue | undefined): readonly string[] {
  if (typeof value === 'string') return value === '' ? [] : [value]
  return isList(value) ? value.filter((item) => typeof item === 'string') : []
}

export function dictOf(value: PlistValue | undefined): PlistDict {
  return value !== undefined && isDict(value) ? value : new Map<string, PlistValue>()
}

export function isList(value: PlistValue | undefined): value is readonly PlistValue[] {
  return Array.isArray(value)
}

export function isDict(value: PlistValue): value is PlistDict {
  return value instanceof Map
}
