import {existsSync} from 'node:fs'
import {join} from 'node:path'
import {RchError, type WorkerEntry} from '@rch/contract'
import {EMBEDDED} from '../domain/embedded-name.ts'
import {makeDirectory, writeFileAtomic} from '../infra/files.ts'
import {planOf} from './find-record.ts'
import type {Lane} from './lane.ts'

/**
 * The worker on this machine that needs no inventory, when it is asked for by name and by nothing else. On a Mac it drives the
 * real Xcode; elsewhere the mock one, where that is installed.
 */
export async function withEmbeddedWorker(lane: Lane, wanted: string | null): Promise<Lane> {
  if (wanted !== EMBEDDED || lane.workers.some(({name}) => name === EMBEDDED)) return lane
  const base = join(lane.places.state, 'embedded')
  const file = join(base, 'worker.toml')
  makeDirectory(base)
  const toolchain = process.platform === 'darwin' ? '' : await mockToolchain(join(base, 'toolchain'))
  const roots = ['stage_root', 'jobs_root', 'cache_root'].map((root) => `${root} = ${JSON.stringify(join(base, root))}`).join('\n')
  writeFileAtomic(file, `name = "${EMBEDDED}"\n\n[roots]\n${roots}\n${toolchain}`)
  return {...lane, workers: [...lane.workers, entry(file)]}
}

/** The same for a command about something that is known here: what ran on the embedded worker is looked for there without saying so. */
export async function withWorkerOf(lane: Lane, id: string | undefined, wanted: string | null): Promise<Lane> {
  if (wanted !== null || id === undefined) return withEmbeddedWorker(lane, wanted)
  return withEmbeddedWorker(lane, planOf(lane, id)?.worker ?? null)
}

async function mockToolchain(directory: string): Promise<string> {
  let install: (directory: string) => unknown
  try {
    // Not a dependency of the product: present in a checkout, absent from an installation.
    const name = '@rch/mock-xcode'
    ;({installMockXcode: install} = await import(name))
  } catch (error) {
    throw new RchError(
      'xcode_not_found',
      'The embedded worker has no Xcode here: it takes a Mac, or @rch/mock-xcode for trying things out.',
      {
        data: {have: 'none'},
        hint: 'Add a Mac with `rch xcode workers add`.',
        cause: error,
      },
    )
  }
  if (!existsSync(join(directory, 'bin/xcrun'))) await install(directory)
  return `\n[toolchain]\nkind = "mock"\npaths = [${JSON.stringify(directory)}]\n`
}

function entry(file: string): WorkerEntry {
  return {
    name: EMBEDDED,
    transport: 'local',
    host: null,
    user: null,
    port: 22,
    tags: ['macos', 'xcode'],
    priority: 0,
    run_key: null,
    stage_key: null,
    fetch_key: null,
    accept_first_key: false,
    request_signing_key: null,
    host_key_fingerprint: null,
    host_key_ca: null,
    jump: null,
    attestation_key_fingerprint: null,
    expected_harness_sha256: null,
    expected_harness_codesign_requirement: null,
    probe_cache_ttl_seconds: null,
    stage_root: null,
    worker_config: file,
  }
}
