/** Whether the source that will be built is trusted, and who said so. */
export interface Posture {
  readonly value: 'trusted' | 'untrusted'
  readonly reason: string
}

type Wish = 'auto' | 'trusted' | 'untrusted'

/** What speaks about the posture, each `null` where it is silent. */
export interface PostureVoices {
  readonly enforce: Wish | null
  readonly defaults: Wish | null
  readonly flag: Wish | null
  readonly variable: Wish | null
  readonly repository: Wish | null
}

/** The environment of a CI job and the event that started it. */
export interface CiContext {
  readonly env: Readonly<Record<string, string | undefined>>
  /** The text of the file that `GITHUB_EVENT_PATH` names; `null` when it cannot be read. */
  readonly githubEvent: string | null
}

/**
 * Anyone can make it `untrusted`. A host whose files or flags say `trusted` outright is believed; `RCH_POSTURE` and the
 * repository are not, since a pull request can set both. Otherwise the CI variables decide, and without them it is `trusted`.
 */
export function resolvePosture(voices: PostureVoices, ci: CiContext): Posture {
  const doubters: readonly (readonly [Wish | null, string])[] = [
    [voices.enforce, '[enforce] of the host says so'],
    [voices.flag, 'the command line says so'],
    [voices.variable, 'RCH_POSTURE says so'],
    [voices.defaults, '[defaults] of the host says so'],
    [voices.repository, "the repository's profile says so"],
  ]
  // The command line overrules the host's defaults in both directions.
  const doubt = doubters.find(([wish, reason]) => wish === 'untrusted' && !(reason.startsWith('[defaults]') && voices.flag === 'trusted'))
  if (doubt !== undefined) return {value: 'untrusted', reason: doubt[1]}
  if (voices.enforce === 'trusted') return {value: 'trusted', reason: '[enforce] of the host says so'}
  if (voices.flag === 'trusted') return {value: 'trusted', reason: 'the command line says so'}
  if (voices.defaults === 'trusted') return {value: 'trusted', reason: '[defaults] of the host says so'}
  return fromCi(ci) ?? {value: 'trusted', reason: 'nothing says otherwise'}
}

function fromCi({env, githubEvent}: CiContext): Posture | null {
  const event = env['GITHUB_EVENT_NAME'] ?? ''
  if (event.startsWith('pull_request')) return fromGithub(event, githubEvent)
  for (const {head, base, name} of PAIRS) {
    const from = env[head]
    const to = env[base]
    if (from !== undefined && from !== '' && from !== 'false' && to !== undefined && sameRepository(from) !== sameRepository(to)) {
      return {value: 'untrusted', reason: `${name}: the head repository is ${from}, the base ${to}`}
    }
  }
  if (/^true$/i.test(env['SYSTEM_PULLREQUEST_ISFORK'] ?? '')) {
    return {value: 'untrusted', reason: 'Azure Pipelines: the pull request comes from a fork'}
  }
  // CircleCI sets it for pull requests from forks only.
  if (/./.test(env['CIRCLE_PR_REPONAME'] ?? '')) return {value: 'untrusted', reason: 'CircleCI: the pull request comes from a fork'}
  return null
}

/** Variables that name the head and the base repository. */
const PAIRS = [
  {name: 'GitLab', head: 'CI_MERGE_REQUEST_SOURCE_PROJECT_PATH', base: 'CI_MERGE_REQUEST_PROJECT_PATH'},
  {name: 'Buildkite', head: 'BUILDKITE_PULL_REQUEST_REPO', base: 'BUILDKITE_REPO'},
  {name: 'Bitrise', head: 'BITRISEIO_PULL_REQUEST_REPOSITORY_URL', base: 'GIT_REPOSITORY_URL'},
] as const

function sameRepository(url: string): string {
  return url
    .replace(/^[a-z+]+:\/\/(?:[^/@]*@)?/i, '')
    .replace(/^[^/:@]*@/, '')
    .replace(/:(?!\d)/, '/')
    .replace(/(?:\.git)?\/*$/, '')
    .toLowerCase()
}

function fromGithub(event: string, text: string | null): Posture {
  const names = text === null ? null : repositoriesOf(text)
  if (names === null) return {value: 'untrusted', reason: `GitHub ${event}: the event file cannot be read`}
  if (names.head === null) return {value: 'untrusted', reason: `GitHub ${event}: the head repository is gone`}
  if (names.head.toLowerCase() !== names.base.toLowerCase()) {
    return {value: 'untrusted', reason: `GitHub ${event}: the head repository is ${names.head}, the base ${names.base}`}
  }
  return {value: 'trusted', reason: `GitHub ${event}: the head repository is the base repository`}
}

function repositoriesOf(text: string): {head: string | null; base: string} | null {
  let event: unknown
  try {
    event = JSON.parse(text)
  } catch {
    return null
  }
  const request = field(event, 'pull_request')
  const head = field(field(request, 'head'), 'repo')
  const base = field(field(field(request, 'base'), 'repo'), 'full_name')
  if (typeof base !== 'string' || base === '') return null
  if (head === null) return {head: null, base}
  const name = field(head, 'full_name')
  return typeof name === 'string' && name !== '' ? {head: name, base} : null
}

function field(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, key)
    ? Object.getOwnPropertyDescriptor(value, key)?.value
    : undefined
}
