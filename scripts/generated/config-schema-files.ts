import {
  HOST_KEYS,
  INVENTORY_KEYS,
  PROFILE_KEYS,
  REPO_KEYS,
  WORKER_KEYS,
  type KeyRow,
  type KeyType,
  type StringFormat,
} from '../../src/domain/config/keys.ts'
import type {GeneratedFile} from '../generate.ts'

type Schema = Readonly<Record<string, unknown>>

/** JSON Schemas of the configuration files, for editors: `#:schema …` at the top of a TOML file. */
export function configSchemaFiles(): readonly GeneratedFile[] {
  return [
    schemaFile('xcode', "The repository's `.rch/xcode.toml`.", repositorySchema),
    schemaFile('config', "The host's `config.toml`.", hostSchema),
    schemaFile('workers', 'The inventory `workers.toml`.', () => tableSchema(INVENTORY_KEYS)),
    schemaFile('worker', "The worker's `worker.toml`.", () => withProperties(tableSchema(WORKER_KEYS), {providers: PROVIDERS})),
  ]
}

const PROVIDERS: Schema = {type: 'object', additionalProperties: {type: 'object'}}
const PARENTS: Schema = {anyOf: [{type: 'string'}, {type: 'array', items: {type: 'string'}}]}

function schemaFile(name: string, title: string, make: () => Schema): GeneratedFile {
  return {
    path: `schemas/config/${name}.schema.json`,
    render: () => `${JSON.stringify({$schema: 'https://json-schema.org/draft/2020-12/schema', title, ...make()}, null, 2)}\n`,
  }
}

function profileSchema(): Schema {
  const profile = withProperties(tableSchema(PROFILE_KEYS), {extends: PARENTS})
  const properties = propertiesOf(profile)
  // One name for two things: a path, or the table of the workspace's mode.
  return {...profile, properties: {...properties, workspace: {anyOf: [{type: 'string'}, properties['workspace_mode']]}}}
}

function repositorySchema(): Schema {
  const profile = profileSchema()
  return withProperties(
    profile,
    {
      schema_version: {const: 1},
      default_profile: {type: 'string'},
      profiles: {type: 'object', additionalProperties: {$ref: '#/$defs/profile'}},
    },
    {$defs: {profile}},
  )
}

function hostSchema(): Schema {
  return withProperties(
    tableSchema(HOST_KEYS),
    {
      defaults: {$ref: '#/$defs/profile'},
      enforce: {$ref: '#/$defs/profile'},
      repos: {type: 'object', additionalProperties: tableSchema(REPO_KEYS)},
      providers: PROVIDERS,
    },
    {$defs: {profile: profileSchema()}},
  )
}

function tableSchema(rows: readonly KeyRow[]): Schema {
  const properties: Record<string, Schema> = {}
  const tables = new Map<string, KeyRow[]>()
  for (const row of rows) {
    for (const path of [row.path, ...row.aliases]) {
      const dot = path.indexOf('.')
      if (dot === -1) properties[path] = {description: row.doc, ...typeSchema(row.type)}
      else {
        const inner = tables.get(path.slice(0, dot)) ?? []
        inner.push({...row, path: path.slice(dot + 1), aliases: []})
        tables.set(path.slice(0, dot), inner)
      }
    }
  }
  for (const [name, inner] of tables) properties[name] ??= tableSchema(inner)
  return {type: 'object', additionalProperties: false, properties}
}

function typeSchema(type: KeyType): Schema {
  switch (type.kind) {
    case 'boolean':
      return {type: 'boolean'}
    case 'integer':
      return {type: 'integer', minimum: type.min, maximum: type.max}
    case 'bytes':
      return {
        anyOf: [
          {type: 'integer', minimum: type.min, maximum: type.max},
          {type: 'string', pattern: '^\\d+(\\.\\d{1,3})? ?[KMGTkmgt]?[Ii]?[Bb]$'},
        ],
      }
    case 'enum':
      return {enum: type.values}
    case 'list':
      return {type: 'array', items: stringSchema(type.format)}
    case 'map':
      return {type: 'object', additionalProperties: {type: 'string'}}
    case 'tables': {
      const table = tableSchema(type.rows)
      return {type: 'array', items: type.names === undefined ? table : {anyOf: [{type: 'string'}, table]}}
    }
    case 'opaque':
      return {type: 'object'}
    default:
      return stringSchema(type.format)
  }
}

function stringSchema(format: StringFormat): Schema {
  return format === 'sha256' ? {type: 'string', pattern: '^[0-9a-f]{64}$'} : {type: 'string'}
}

function propertiesOf(schema: Schema): Readonly<Record<string, unknown>> {
  const {properties} = schema
  return typeof properties === 'object' && properties !== null ? {...properties} : {}
}

function withProperties(schema: Schema, more: Schema, top: Schema = {}): Schema {
  return {...schema, properties: {...propertiesOf(schema), ...more}, ...top}
}
