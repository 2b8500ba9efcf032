import {execFileSync} from 'node:child_process'
import {generateKeyPairSync, type KeyObject} from 'node:crypto'
import {appendFileSync, chmodSync, linkSync, readFileSync, rmSync, symlinkSync, writeFileSync} from 'node:fs'
import {join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {ERRORS, isErrorCode} from '@rch/contract'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {setScenario} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'
import {sshdMissing} from '../support/sshd.ts'
import {PROVOKED_ELSEWHERE} from './error-code-coverage.ts'
import {
  BUILD,
  entry,
  expectCode,
  forget,
  inProject,
  installed,
  JUST_ASKED,
  keep,
  LONG_KNOWN,
  set,
  type Provocations,
} from './provocation.ts'
import {REFUSED_COMMANDS} from './refused-commands.ts'
import {REFUSED_SOURCES} from './refused-sources.ts'
import {UNFIT_WORKERS} from './unfit-workers.ts'

const missing = sshdMissing()
if (missing !== null) console.warn(`error codes over ssh skipped: ${missing}`)

const oneMore = (line: string) => (lab: Lab) => appendFileSync(join(lab.dir, 'config/workers.toml'), `${line}\n`)
/** Gives the worker a key to vouch with. */
function sign(lab: Lab, key: KeyObject): void {
  const file = join(lab.dir, 'vouching.pem')
  writeFileSync(file, key.export({type: 'pkcs8', format: 'pem'}), {mode: 0o600})
  appendFileSync(lab.workers[0]?.config ?? '', `\n[identity]\nattestation_key = "${file}"\n`)
}

/** How each code is brought about through the shipped binary. */
const PROVOCATIONS: Provocations = {
  ...REFUSED_SOURCES,
  ...UNFIT_WORKERS,
  config_invalid: {args: BUILD, spoil: (lab) => writeFileSync(inProject(lab, '.rch/xcode.toml'), 'scheme = ')},
  profile_required: {args: BUILD, spoil: (lab) => rmSync(inProject(lab, '.rch/xcode.toml'))},
  usage_error: {args: [...BUILD, '--worker', 'nobody']},
  job_not_found: {args: ['xcode', 'artifacts', '01a1fbbf-2673-7596-973f-6a38eeacc2d2', '--json']},
  run_not_found: {args: ['xcode', 'resume', '0123456789ab', '--json']},
  provider_not_found: {args: BUILD, spoil: entry(/transport = "local"/, 'transport = "pigeon"')},
  env_missing: {args: set('env.allow=["NO_SUCH_NAME"]', 'env.strict=true')},
  no_eligible_worker: {args: BUILD, spoil: (lab) => writeFileSync(join(lab.dir, 'config/workers.toml'), 'schema_version = 1\n')},
  mock_toolchain_refused: {args: set('xcode.real=true')},
  xcode_not_found: {args: set('xcode.path=/Applications/Xcode.app')},
  source_tree_modified: {
    args: set('source.verify_after_run=true'),
    spoil: (lab) => setScenario(lab, {writes: {'Sources/HelloKit/Tally.swift': 'let x = 1\n'}}),
  },
  artifact_quota_exceeded: {args: set('limits.max_artifact_bytes=1000')},
  capabilities_drift: {
    before: LONG_KNOWN,
    args: [...LONG_KNOWN, '--set', 'trust.require_stable_capabilities_sha256=true'],
    spoil: (lab) => appendFileSync(lab.workers[0]?.config ?? '', '\n[limits]\nmax_artifact_bytes = 123456789\n'),
  },
  xcode_license_not_accepted: {args: JUST_ASKED, spoil: (lab) => installed(lab, {licence_pending: true})},
  xcode_first_launch_pending: {args: JUST_ASKED, spoil: (lab) => installed(lab, {first_launch_pending: true})},
  harness_pin_unsupported: {args: BUILD, spoil: oneMore('expected_harness_codesign_requirement = "anchor apple"')},
  unexpected_output: {
    args: JUST_ASKED,
    spoil: (lab) => writeFileSync(join(lab.dir, 'chatty.js'), 'console.log("Welcome!"); process.stdin.resume()'),
    env: (lab) => ({RCH_XCODE_WORKER: join(lab.dir, 'chatty.js')}),
  },
  object_store_encryption_required: {args: set('artifacts.store=object_store')},
  attestation_key_type: {
    args: JUST_ASKED,
    spoil: (lab) => sign(lab, generateKeyPairSync('ec', {namedCurve: 'P-256'}).privateKey),
  },
  attestation_key_mismatch: {
    args: BUILD,
    spoil: (lab) => {
      sign(lab, generateKeyPairSync('ed25519').privateKey)
      oneMore(`attestation_key_fingerprint = "SHA256:${'A'.repeat(43)}"`)(lab)
    },
  },
  job_request_signature_missing: {
    args: BUILD,
    spoil: (lab) =>
      appendFileSync(
        lab.workers[0]?.config ?? '',
        `\n[trust]\nrequire_signed_requests = true\ntrusted_keys = ["ssh-ed25519 ${Buffer.from('0000000b7373682d6564323535313900000020', 'hex').toString('base64')}${Buffer.alloc(32, 1).toString('base64')}"]\n`,
      ),
  },
  xcode_version_mismatch: {args: [...BUILD, '--xcode', '99.9']},
  backend_unavailable: {args: [...BUILD, '--backend', 'make']},
  harness_identity_mismatch: {args: BUILD, spoil: oneMore(`expected_harness_sha256 = "${'0'.repeat(64)}"`)},
  harness_pin_missing: {args: set('trust.require_harness_pins=true')},
  worker_roots_mismatch: {args: BUILD, spoil: oneMore('stage_root = "/somewhere/else"')},
  symlinks_disallowed: {args: set('source.symlinks=forbid'), spoil: (lab) => symlinkSync('Package.swift', inProject(lab, 'link.swift'))},
  unsafe_symlink_target: {args: BUILD, spoil: (lab) => symlinkSync('/etc/hostname', inProject(lab, 'away.swift'))},
  hardlinks_disallowed: {
    args: set('source.hardlinks=forbid'),
    spoil: (lab) => linkSync(inProject(lab, 'Package.swift'), inProject(lab, 'hard.swift')),
  },
  path_collision: {
    args: BUILD,
    spoil: (lab) => {
      writeFileSync(inProject(lab, 'One.swift'), '')
      writeFileSync(inProject(lab, 'one.swift'), '')
    },
  },
  special_file: {args: BUILD, spoil: (lab) => void execFileSync('mkfifo', [inProject(lab, 'pipe')])},
  source_quota_exceeded: {args: set('source.max_bytes=10')},
  dirty_working_tree: {
    args: set('source.mode=vcs', 'source.require_clean=true'),
    spoil: (lab) => appendFileSync(inProject(lab, 'Package.swift'), '\n'),
  },
  lfs_pointer_unresolved: {
    args: set('source.mode=vcs'),
    spoil: (lab) => {
      writeFileSync(inProject(lab, '.gitattributes'), '*.bin filter=lfs diff=lfs merge=lfs -text\n')
      writeFileSync(inProject(lab, 'a.bin'), `version https://git-lfs.github.com/spec/v1\noid sha256:${'0'.repeat(64)}\nsize 12\n`)
      lab.git('-c', 'filter.lfs.process=', '-c', 'filter.lfs.clean=cat', '-c', 'filter.lfs.required=false', 'add', '-A')
    },
  },
  vcs_unavailable: {args: set('source.mode=vcs'), spoil: (lab) => rmSync(inProject(lab, '.git'), {recursive: true})},
  build_failed: {args: BUILD, spoil: (lab) => appendFileSync(inProject(lab, 'Sources/HelloKit/Tally.swift'), 'func {\n')},
  package_resolution_failed: {args: BUILD, spoil: (lab) => setScenario(lab, {package_resolution_failure: true})},
  required_feature_unsupported: {args: set('network.mode=deny_all')},
  destination_not_found: {args: [...BUILD, '--destination', 'platform=iOS Simulator,name=Nobody,OS=26.5']},
  runtime_not_found: {args: [...BUILD, '--destination', 'platform=iOS Simulator,name=iPhone 17,OS=9.9']},
  worker_unreachable: {over: 'ssh', args: BUILD, spoil: entry(/port = \d+/, 'port = 1')},
  ssh_auth_failed: {
    over: 'ssh',
    args: BUILD,
    spoil: (lab) => entry(/run_key = ".*"/, `run_key = "${lab.workers[0]?.sshd?.keys.stranger}"`)(lab),
  },
  ssh_host_key_untrusted: {over: 'ssh', args: BUILD, spoil: entry(/SHA256:[^"]+/, `SHA256:${'A'.repeat(43)}`)},
  ssh_key_permissions: {over: 'ssh', args: BUILD, spoil: (lab) => chmodSync(lab.workers[0]?.sshd?.keys.run ?? '', 0o644)},
  unpinned_worker_disallowed: {over: 'ssh', args: BUILD, spoil: entry(/host_key_fingerprint = .*/, '')},
  forbidden_ssh_command: {
    over: 'ssh',
    args: BUILD,
    spoil: (lab) => entry(/run_key = ".*"/, `run_key = "${lab.workers[0]?.sshd?.keys.fetch}"`)(lab),
  },
  attestation_missing: {over: 'ssh', args: set('trust.require_attestation_signature=true')},
}

describe('every code', () => {
  it('that something produces is provoked here or in the test that is named', () => {
    const known = Object.keys(ERRORS)
      .filter(isErrorCode)
      .filter((code) => ERRORS[code].since !== 'planned')
    const provoked = new Set([...Object.keys(PROVOCATIONS), ...Object.keys(REFUSED_COMMANDS), ...Object.keys(PROVOKED_ELSEWHERE)])
    expect([...provoked].toSorted()).toEqual(known.toSorted())
    const root = fileURLToPath(new URL('../..', import.meta.url))
    const wrong = Object.entries(PROVOKED_ELSEWHERE).filter(
      ([code, file]) => !new RegExp(`\\b${code}\\b`).test(readFileSync(join(root, file), 'utf8')),
    )
    expect(wrong).toEqual([])
  })
})

describe('what is refused', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterAll(async () => lab.stop())

  it('is told with its code, reason and hint', async () => {
    const input = Object.entries(REFUSED_COMMANDS)
      .map(([id, cmd]) => `${JSON.stringify({id, cmd})}\n`)
      .join('')
    const {code, stdout} = await lab.rch(['xcode', 'explain', '--batch', '-'], {input})
    expect(code).toBe(0)
    const answers = stdout
      .trim()
      .split('\n')
      .map((line): {id: string; verdict: string; codes: string[]; reason: string; hint: string} => JSON.parse(line))
    expect(answers.filter(({id, verdict, codes}) => verdict !== 'reject' || !codes.includes(id)).map(({id}) => id)).toEqual([])
    for (const {id, reason, hint} of answers)
      expect([id, reason, hint]).toEqual([id, expect.stringMatching(/\S/), expect.stringMatching(/\S/)])
  })

  it('ends with 10 when it is run', async () => {
    for (const words of [['install'], ['-scheme', 'Other', 'build'], ['-frobnicate', 'build']]) {
      const ran = await lab.rch(['xcode', 'run', '--json', '--', 'xcodebuild', '-scheme', 'HelloKit', ...words])
      expect(ran.code, ran.stdout).toBe(10)
    }
  })
})

describe.each([['local'], ['ssh']] as const)('over %s', (transport) => {
  describe.skipIf(transport === 'ssh' && missing !== null)('', () => {
    let lab: Lab
    beforeAll(async () => {
      lab = await createLab({transport})
    })
    afterAll(async () => lab.stop())

    const cases = Object.entries(PROVOCATIONS).flatMap(([code, provocation]) =>
      isErrorCode(code) && (provocation.over ?? 'local') === transport ? [{code, ...provocation}] : [],
    )
    it.each(cases)('$code', async ({code, before, args, spoil, env}) => {
      const put = spoil === undefined ? () => {} : keep(lab)
      try {
        if (before !== undefined) expect((await lab.rch(before)).code).toBe(0)
        spoil?.(lab)
        expectCode(await lab.rch(args, {env: env?.(lab) ?? {}}), code)
      } finally {
        put()
        // A bent worker's answers are believed like any others.
        if (env !== undefined) forget(lab)
        for (const {sshd} of lab.workers) if (sshd !== null) chmodSync(sshd.keys.run, 0o600)
      }
    })
  })
})
