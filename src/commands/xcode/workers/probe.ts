import * as Args from '@oclif/core/args'
import {surveyWorkers} from '../../../app/inventory/survey-workers.ts'
import {workerNamed} from '../../../app/lane.ts'
import {withEmbeddedWorker} from '../../../app/embedded-worker.ts'
import type {Answer} from '../../../cli/base-command.ts'
import {RepositoryCommand} from '../../../cli/lane-command.ts'

export default class WorkersProbe extends RepositoryCommand {
  static override summary = 'Ask one worker what it is, and print the pins for its entry in workers.toml.'
  static override examples = ['<%= config.bin %> <%= command.id %> mini-1']
  static override args = {name: Args.string({required: true, ignoreStdin: true, description: 'Name of the worker.'})}
  protected override readonly kind = 'worker'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(WorkersProbe)
    const lane = await withEmbeddedWorker(await this.lane(flags), args.name)
    const worker = workerNamed(lane, args.name)
    const [surveyed] = await surveyWorkers(lane, [worker.name])
    if (surveyed?.error != null) throw surveyed.error
    const capabilities = surveyed?.capabilities
    if (capabilities == null) throw new Error('a probe without an answer')
    const pins = [
      surveyed?.host_key?.fingerprint == null ? null : `host_key_fingerprint = "${surveyed.host_key.fingerprint}"`,
      capabilities.identity.attestation_key_fingerprint === null
        ? null
        : `attestation_key_fingerprint = "${capabilities.identity.attestation_key_fingerprint}"`,
      `expected_harness_sha256 = "${capabilities.harness_sha256}"`,
    ].filter((line) => line !== null)
    this.log(
      `${worker.name}: ${capabilities.os.name} ${capabilities.os.version} (${capabilities.os.build}), ${capabilities.os.arch}, harness ${capabilities.harness_version}`,
    )
    for (const xcode of capabilities.xcodes) this.log(`  Xcode ${xcode.version} (${xcode.build}) at ${xcode.path}`)
    for (const backend of capabilities.backends)
      this.log(`  backend ${backend.id}: ${backend.available ? (backend.version ?? 'available') : backend.reasons.join('; ')}`)
    for (const reason of capabilities.health.reasons) this.log(`  degraded: ${reason}`)
    this.log(`\nTo pin it, put these lines into its entry in workers.toml:\n${pins.map((line) => `  ${line}`).join('\n')}`)
    return {result: {worker: worker.name, capabilities, host_key: surveyed?.host_key ?? null, pins}}
  }
}
