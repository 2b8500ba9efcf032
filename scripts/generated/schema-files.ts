import {CONTRACT_VERSION, DOCUMENT_NAMES, DOCUMENT_TABLE, schemaId} from '@rch/contract'
import {publishedSchemas} from '@rch/contract/documents'
import {contractSha256} from '@rch/contract/identity'
import type {GeneratedFile} from '../generate.ts'

/** One JSON Schema per document and verb, and the index that lists them. */
export function schemaFiles(): readonly GeneratedFile[] {
  const schemas = publishedSchemas()
  const files = Object.entries(schemas).map(([id, schema]) => ({path: pathOf(id), render: () => json(schema)}))
  return [...files, {path: 'schemas/rch-xcode/index.json', render: () => json(indexOf(schemas))}]
}

function indexOf(schemas: Readonly<Record<string, object>>): object {
  const documents = DOCUMENT_NAMES.map((name) => {
    const {layout, ...row} = DOCUMENT_TABLE[name]
    return {name, schema_id: schemaId(name), schema: fileName(schemaId(name)), ...row, layout}
  })
  const documentIds = new Set<string>(documents.map(({schema_id}) => schema_id))
  return {
    contract_version: CONTRACT_VERSION,
    contract_sha256: contractSha256(schemas),
    documents,
    others: Object.keys(schemas)
      .filter((id) => !documentIds.has(id))
      .map((id) => ({schema_id: id, schema: fileName(id)})),
  }
}

function pathOf(id: string): string {
  return `schemas/rch-xcode/${fileName(id)}`
}

function fileName(id: string): string {
  return `${id.replace('rch-xcode/', '')}.schema.json`
}

function json(value: object): string {
  return `${JSON.stringify(value, null, 2)}\n`
}
