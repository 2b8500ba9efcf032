import {DOCUMENT_NAMES, DOCUMENT_TABLE, type DocumentName, type Sensitivity} from './table.ts'

/** What a manifest entry says about a file, whatever its content. */
export interface ArtifactRow {
  readonly file: string
  readonly artifact_type: string
  readonly content_type: string
  readonly encoding: 'utf-8' | null
  readonly sensitivity: Sensitivity
  readonly required: string
  /** The document it holds, when it holds one. */
  readonly document: DocumentName | null
}

/** The files of a sealed set that are no documents of ours. */
const OTHER_FILES: readonly ArtifactRow[] = [
  other('build.log', 'log', 'text/plain', 'utf-8', 'redacted', 'always'),
  other('junit.xml', 'report', 'application/xml', 'utf-8', 'internal', 'reports.junit and the action runs tests'),
  other('sarif.json', 'report', 'application/sarif+json', 'utf-8', 'internal', 'reports.sarif'),
  other('result.xcresult', 'result_bundle', 'application/x-xcresult', null, 'unredacted', 'tests started'),
  other('result.xcresult.tar.zst', 'result_bundle', 'application/zstd', null, 'unredacted', 'tests started, packed'),
  other('repro/*', 'repro', 'application/octet-stream', null, 'internal', 'repro.enabled'),
  other('coverage.json', 'report', 'application/json', 'utf-8', 'internal', 'artifact_profile rich and the tests measured coverage'),
  other('attachments/*', 'attachment', 'application/octet-stream', null, 'unredacted', 'artifact_profile rich'),
]

/** Every file that a sealed set can hold, documents first. */
export const SEALED_FILES: readonly ArtifactRow[] = [...sealedDocuments(), ...OTHER_FILES]

/** These are bound by digests of their own and stand in no manifest. */
export const OUTSIDE_MANIFEST: readonly string[] = ['manifest.json', 'attestation.json', 'attestation.sig', 'job_index.json']

/** The row of a path inside a sealed set; `undefined` for a file that does not belong there. */
export function artifactRow(path: string): ArtifactRow | undefined {
  return SEALED_FILES.find(({file}) => matches(file, path))
}

function matches(pattern: string, path: string): boolean {
  const star = pattern.indexOf('*')
  if (star < 0) return pattern === path
  const [before, after] = [pattern.slice(0, star), pattern.slice(star + 1)]
  return path.length > before.length + after.length && path.startsWith(before) && path.endsWith(after)
}

function sealedDocuments(): ArtifactRow[] {
  return DOCUMENT_NAMES.map((document) => ({document, row: DOCUMENT_TABLE[document]}))
    .filter(({row}) => row.places.includes('sealed'))
    .map(({document, row: {file, artifact_type, content_type, sensitivity, required}}) => ({
      file,
      artifact_type,
      content_type,
      encoding: 'utf-8',
      sensitivity,
      required,
      document,
    }))
}

function other(
  file: string,
  artifact_type: string,
  content_type: string,
  encoding: 'utf-8' | null,
  sensitivity: Sensitivity,
  required: string,
): ArtifactRow {
  return {file, artifact_type, content_type, encoding, sensitivity, required, document: null}
}
