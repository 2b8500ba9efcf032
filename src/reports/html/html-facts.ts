import type {Document} from '@rch/contract/documents'
import type {HtmlFact, HtmlFacts, HtmlMark} from './client/model.ts'

/** The documents of one sealed set that say where, by whom and from what it was made. */
export interface SetDocuments {
  readonly action: string | null
  readonly attestation: Document<'attestation'> | null
  /** The host's check, of its notebook; null where only the set is at hand. */
  readonly verification: Document<'attestation_verification'> | null
  readonly signed: boolean
  readonly environment: Document<'environment'> | null
  readonly decision: Document<'decision'> | null
  readonly job: Document<'job'> | null
  readonly summary: Document<'summary'>
}

const GIB = 1024 ** 3

/** What must not be missed about a record: where it ran, on what, under which rules, and whether somebody signed for it. */
export function recordMarks({attestation, verification, signed, decision}: SetDocuments): HtmlMark[] {
  const {toolchain, destinations, posture} = attestation?.predicate ?? {}
  const marks: HtmlMark[] = []
  if (toolchain?.kind === 'mock')
    marks.push({text: 'mock Xcode', tone: 'caution', detail: 'Nothing was really built: the worker runs a stand-in for Xcode.'})
  if (toolchain !== undefined)
    marks.push({text: `Xcode ${toolchain.xcode_version} (${toolchain.xcode_build})`, tone: 'plain', detail: toolchain.developer_dir})
  for (const text of new Set((destinations ?? []).map(destinationText))) marks.push({text, tone: 'plain', detail: 'destination'})
  if (decision?.worker !== undefined) marks.push({text: `on ${decision.worker}`, tone: 'plain', detail: 'worker'})
  const under = posture ?? decision?.posture
  if (under !== undefined)
    marks.push({text: `${under.value} posture`, tone: under.value === 'untrusted' ? 'caution' : 'plain', detail: under.reason})
  if (attestation !== null) marks.push(signatureMark(signed, verification))
  return marks
}

function signatureMark(signed: boolean, verification: SetDocuments['verification']): HtmlMark {
  const marks: Readonly<Record<NonNullable<SetDocuments['verification']>['verified'], HtmlMark>> = {
    valid: {
      text: 'signature valid',
      tone: 'good',
      detail: `The attestation is signed by ${verification?.key_fingerprint ?? 'the worker'}.`,
    },
    invalid: {text: 'signature invalid', tone: 'bad', detail: verification?.errors.map(({message}) => message).join(' ') ?? ''},
    unsigned: {text: 'unsigned', tone: 'plain', detail: 'The attestation carries no signature: accidents show, forgery would not.'},
    not_checked: {text: 'signature not checked', tone: 'plain', detail: 'Run `rch xcode validate` to check it.'},
  }
  return marks[verification?.verified ?? (signed ? 'not_checked' : 'unsigned')]
}

/** Identity and environment of a record, in groups; what is not known is left out. */
export function recordFacts(sets: readonly SetDocuments[], kind: string, directory: string): HtmlFacts[] {
  const [first] = sets
  const ids = first?.summary
  const predicate = sets.find(({attestation}) => attestation !== null)?.attestation?.predicate
  const environment = sets.find((one) => one.environment !== null)?.environment
  const job = sets.find((one) => one.job !== null)?.job
  const decision = sets.find((one) => one.decision !== null)?.decision
  const verification = first?.verification
  return [
    {
      title: kind === 'job' ? 'Job' : 'Run',
      rows: [
        code('Run', ids?.run_id),
        plain('Attempt', ids?.attempt),
        ...sets.map(({action, summary}) => code(sets.length > 1 ? `Job: ${action ?? 'step'}` : 'Job', summary.job_id)),
        code('Job key', sets.length === 1 ? ids?.job_key : null),
        plain('Profile', decision?.profile),
        plain('Entrance', decision?.entrance),
        plain(
          'Ended with',
          sets.map(({summary}) => summary.error_code).find((one) => one !== null),
        ),
        plain('Started', ids?.started_at),
        plain('Sealed', predicate?.sealed_at),
        code('Kept in', directory),
      ],
    },
    {
      title: 'Worker',
      rows: [
        plain('Name', decision?.worker),
        code('Id', predicate?.worker.worker_id),
        plain('Account', predicate?.worker.account),
        plain(
          'System',
          environment === undefined || environment === null
            ? null
            : `${environment.os.name} ${environment.os.version} (${environment.os.build}), ${environment.os.arch}`,
        ),
        plain('Processors', environment?.cpu_count),
        plain('Memory', environment === undefined || environment === null ? null : `${(environment.memory_bytes / GIB).toFixed(1)} GiB`),
        plain(
          'Locale, time zone',
          environment === undefined || environment === null ? null : `${environment.locale}, ${environment.timezone}`,
        ),
        plain('Harness', predicate?.harness.version),
        code('Harness SHA-256', predicate?.harness.sha256),
      ],
    },
    {
      title: 'Toolchain',
      rows: [
        plain('Kind', predicate === undefined ? null : predicate.toolchain.kind === 'mock' ? 'mock: nothing is really built' : 'real'),
        plain('Xcode', predicate === undefined ? null : `${predicate.toolchain.xcode_version} (${predicate.toolchain.xcode_build})`),
        plain('macOS', predicate === undefined ? null : `${predicate.toolchain.macos_version} (${predicate.toolchain.macos_build})`),
        code('Developer directory', predicate?.toolchain.developer_dir),
        plain('Backend', predicate === undefined ? null : backendText(predicate.backend)),
        plain('Destinations', predicate?.destinations.map(destinationText).join(', ')),
      ],
    },
    {
      title: 'Source',
      rows: [
        code('Commit', predicate?.vcs.commit),
        plain('Branch', predicate?.vcs.branch),
        plain('Uncommitted changes', predicate === undefined || predicate.vcs.dirty === null ? null : predicate.vcs.dirty ? 'yes' : 'no'),
        code('Source tree hash', predicate?.source_tree_hash),
        code('Configuration hash', job?.config_hash),
        plain('From', predicate === undefined ? null : `${predicate.host.user} on ${predicate.host.name}`),
        plain('rch', predicate?.host.lane_version),
      ],
    },
    {
      title: 'Trust',
      rows: [
        plain('Posture', predicate === undefined ? null : `${predicate.posture.value}: ${predicate.posture.reason}`),
        plain('Signature', first === undefined || first.attestation === null ? null : signatureMark(first.signed, first.verification).text),
        code('Key', verification?.key_fingerprint),
        plain(
          'Transport',
          predicate === undefined ? null : `${predicate.transport.id}, ${predicate.transport.verified.replaceAll('_', ' ')}`,
        ),
        code('Host key', predicate?.transport.host_key_fingerprint),
        code('Manifest SHA-256', sets.length === 1 ? first?.attestation?.subject[0]?.digest.sha256 : null),
        code('Gate policy SHA-256', predicate?.classifier_policy_sha256),
      ],
    },
  ]
}

function destinationText({
  platform,
  name,
  os_version: version,
  generic,
}: Document<'attestation'>['predicate']['destinations'][number]): string {
  if (generic || name === null) return platform
  return version === null ? name : `${name}, ${platform.replace(/ Simulator$/, '')} ${version}`
}

function backendText({preferred, actual, version}: Document<'attestation'>['predicate']['backend']): string {
  const used = actual === null ? 'none' : `${actual}${version === null ? '' : ` ${version}`}`
  return actual === null || actual === preferred ? used : `${used}; ${preferred} was preferred`
}

function plain(name: string, value: string | number | null | undefined): HtmlFact {
  return {name, value: value === null || value === undefined ? '' : String(value)}
}

function code(name: string, value: string | null | undefined): HtmlFact {
  return {name, value: value ?? '', code: true}
}
