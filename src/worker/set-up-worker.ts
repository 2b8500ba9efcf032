import {existsSync, readFileSync} from 'node:fs'
import {hostname, userInfo} from 'node:os'
import {dirname, join} from 'node:path'
import {fileURLToPath} from 'node:url'
import {RchError} from '@rch/contract'
import {configDirectory} from '../infra/config-files.ts'
import {makeDirectory, writeFileAtomic} from '../infra/files.ts'
import type {WorkerSettings} from '../domain/config/worker-config.ts'
import {loadWorkerConfig} from '../infra/worker-config-file.ts'
import {ensureAttestationKey} from './attestation-key.ts'
import {harnessSha256} from './harness-identity.ts'

const HARNESS = fileURLToPath(new URL('../../bin/rch-xcode-worker.js', import.meta.url))

/**
 * Makes what a worker needs and prints what its two neighbours need: the keys' lines for `authorized_keys`, the worker's entry for
 * the host's `workers.toml`. Idempotent; nothing that is there is changed, and it writes to no file of SSH's.
 */
export async function setUpWorker(words: readonly string[], configFile: string | undefined): Promise<string> {
  const strange = words.find((word) => word.startsWith('-') && word !== '--dry-run' && !word.startsWith('--owner='))
  if (strange !== undefined) throw new RchError('usage_error', `setup knows no option ${strange}.`, {data: {problem: strange}})
  const dryRun = words.includes('--dry-run')
  const owner = words.find((word) => word.startsWith('--owner='))?.slice('--owner='.length) ?? 'me'
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/.test(owner))
    throw new RchError('usage_error', `--owner=${owner} is no name.`, {data: {problem: 'owner'}})
  const keys = words.filter((word) => !word.startsWith('--')).map(publicKey)
  const file = configFile ?? join(configDirectory(process.env, null), 'worker.toml')
  const keyFile = join(dirname(file), 'attestation-key.pem')
  const fresh = !existsSync(file)
  if (fresh && !dryRun) {
    makeDirectory(dirname(file))
    writeFileAtomic(file, startingConfig(file, keyFile))
  }
  const config = fresh && dryRun ? untouched(file) : loadWorkerConfig(file)
  const attestationKey = config.identity.attestation_key ?? keyFile
  if (!dryRun) for (const root of Object.values(config.roots)) makeDirectory(root)
  const fingerprint = dryRun ? 'SHA256:…' : ensureAttestationKey(attestationKey).fingerprint
  const command = [process.execPath, HARNESS, `--config=${file}`, `--forced=run:${owner}`].map(shellWord).join(' ')
  const line = (key: string): string => `restrict,command="${command.replaceAll('"', '\\"')}" ${key}`
  return [
    `${dryRun ? 'would use' : fresh ? 'wrote' : 'kept'} ${file}`,
    ...Object.entries(config.roots).map(([name, path]) => `  ${name} ${path}`),
    `  attestation key ${attestationKey}${config.identity.attestation_key === null ? ' (not in use: put it into [identity] attestation_key)' : ''}`,
    '',
    'For ~/.ssh/authorized_keys here, one line per key:',
    ...(keys.length === 0 ? ["ssh-ed25519 AAAA… the host's key"] : keys).map((key) => `  ${line(key)}`),
    '',
    'For workers.toml on the host:',
    '  [[workers]]',
    `  name = ${JSON.stringify(config.name)}`,
    `  host = ${JSON.stringify(hostname())}`,
    `  user = ${JSON.stringify(userInfo().username)}`,
    '  run_key = "~/.ssh/rch_run"',
    `  attestation_key_fingerprint = "${fingerprint}"`,
    `  expected_harness_sha256 = "${harnessSha256()}"`,
    '',
    'Then, on the host: rch xcode workers probe NAME (it prints host_key_fingerprint, the last pin).',
  ].join('\n')
}

/** Every place is written out: sshd starts the harness with hardly any of the environment that stands here. */
function startingConfig(file: string, keyFile: string): string {
  const {roots} = untouched(file)
  return [
    "# What this worker's operator decides. Every key: docs/config.md.",
    '',
    '[roots]',
    ...Object.entries(roots).map(([name, path]) => `${name} = ${JSON.stringify(path)}`),
    '',
    '[identity]',
    `attestation_key = ${JSON.stringify(keyFile)}`,
    '',
  ].join('\n')
}

/** sshd hands the command to a shell: a word of it may hold a space. */
function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`
}

/** What holds where nothing is written yet. */
function untouched(file: string): WorkerSettings {
  return loadWorkerConfig(undefined, {...process.env, RCH_CONFIG_DIR: dirname(file)})
}

function publicKey(file: string): string {
  let text: string
  try {
    text = readFileSync(file, 'utf8').trim()
  } catch (error) {
    throw new RchError('usage_error', `${file} cannot be read.`, {
      data: {file},
      cause: error,
      hint: "Name the .pub file of the host's key.",
    })
  }
  if (!/^(ssh-ed25519|ecdsa-sha2-nistp\d+|ssh-rsa|sk-ssh-ed25519@openssh\.com) [A-Za-z0-9+/=]+( .*)?$/.test(text))
    throw new RchError('usage_error', `${file} is no public key of OpenSSH.`, {data: {file}})
  return text
}
