import {DOCUMENT_NAMES, DOCUMENT_TABLE, schemaId, SEALED_FILES, type DocumentName} from '@rch/contract'
import type {GeneratedFile} from '../generate.ts'

/** `docs/documents.md`: every file that a run leaves behind, where it lies and which schema it has. */
export function documentsDocument(): GeneratedFile {
  return {path: 'docs/documents.md', render}
}

type Place = (typeof DOCUMENT_TABLE)[DocumentName]['places'][number]

function render(): string {
  return [
    '# Documents',
    '',
    'Every file that a run leaves behind. This page is written by `npm run generate` from `plugins/contract/src/documents`.',
    'Schemas are in `schemas/rch-xcode/`. Readers keep fields they do not know and refuse another major.',
    '',
    ...section('The sealed set', 'Written by the worker, one folder per job, never changed afterwards.', 'sealed'),
    'Files of the set that are no documents:',
    '',
    '| file | type | content type | when |',
    '| --- | --- | --- | --- |',
    ...SEALED_FILES.filter(({document}) => document === null).map(
      ({file, artifact_type, content_type, required}) => `| \`${file}\` | ${artifact_type} | ${content_type} | ${required} |`,
    ),
    '',
    ...section("The host's notebook", 'Written by the host, one folder per attempt of a run.', 'notebook'),
    ...section('Refusals', 'What ended before an attempt existed.', 'refusal'),
  ]
    .join('\n')
    .replace(/\n+$/, '\n')
}

function section(title: string, text: string, place: Place): readonly string[] {
  const rows = DOCUMENT_NAMES.filter((name) => DOCUMENT_TABLE[name].places.includes(place)).map((name) => {
    const {file, scope, required} = DOCUMENT_TABLE[name]
    const link = `../schemas/${schemaId(name)}.schema.json`
    return `| \`${file}\` | [\`${schemaId(name)}\`](${link}) | ${SCOPES[scope]} | ${required} |`
  })
  return [`## ${title}`, '', text, '', '| file | schema | ids | when |', '| --- | --- | --- | --- |', ...rows, '']
}

const SCOPES = {
  job: 'job',
  run: 'run',
  step: 'job, as far as known',
  host: 'run, as far as known',
  none: 'none',
  bare: 'no header',
} as const
