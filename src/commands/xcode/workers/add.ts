import * as Args from '@oclif/core/args'
import * as Flags from '@oclif/core/flags'
import {RchError} from '@rch/contract'
import {addWorker} from '../../../app/inventory/edit-inventory.ts'
import {sshAlias} from '../../../app/inventory/ssh-alias.ts'
import {surveyWorkers} from '../../../app/inventory/survey-workers.ts'
import type {Answer} from '../../../cli/base-command.ts'
import {RepositoryCommand} from '../../../cli/lane-command.ts'

export default class WorkersAdd extends RepositoryCommand {
  static override summary = 'Add a worker to workers.toml and ask it what it is.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> mini-1 --host mini-1.local --user rch --run-key ~/.ssh/rch_run',
    '<%= config.bin %> <%= command.id %> mini-1 --from-ssh-config mini',
  ]
  static override args = {name: Args.string({required: true, ignoreStdin: true, description: 'Name of the worker here.'})}
  static override flags = {
    host: Flags.string({summary: 'Host name or address.'}),
    user: Flags.string({summary: 'Account on the worker.'}),
    port: Flags.integer({summary: 'SSH port.', min: 1, max: 65_535}),
    'run-key': Flags.string({summary: 'Private key of the run role.'}),
    'host-key-fingerprint': Flags.string({summary: 'SHA256:… of its host key; the first one seen otherwise, which is shown.'}),
    jump: Flags.string({summary: 'user@bastion to go through.'}),
    'from-ssh-config': Flags.string({summary: 'Take host, user, port, key and jump from this alias of ~/.ssh/config.'}),
    local: Flags.boolean({summary: 'A worker on this machine.'}),
  }
  protected override readonly kind = 'worker'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(WorkersAdd)
    if (args.name === '') throw new RchError('usage_error', 'The worker needs a name.', {data: {problem: 'no name'}})
    const lane = await this.lane(flags)
    const alias = flags['from-ssh-config'] === undefined ? {} : await sshAlias(flags['from-ssh-config'])
    const fields = {
      name: args.name,
      ...(flags.local ? {transport: 'local'} : {transport: 'ssh'}),
      ...alias,
      ...given({
        host: flags.host,
        user: flags.user,
        port: flags.port,
        run_key: flags['run-key'],
        host_key_fingerprint: flags['host-key-fingerprint'],
        jump: flags.jump,
      }),
    }
    if (!flags.local && !('host' in fields))
      throw new RchError('usage_error', 'A worker over SSH needs --host (or --from-ssh-config).', {data: {problem: 'no host'}})
    const block = await addWorker(lane, fields)
    this.log(`Added to ${lane.files.directory}/workers.toml:\n\n${block}\n`)
    const fresh = await this.lane(flags)
    const [surveyed] = await surveyWorkers({...fresh, interactive: true}, [args.name])
    if (surveyed?.error != null) {
      this.log(`It does not answer yet: ${surveyed.error.code}: ${surveyed.error.message}\n→ ${surveyed.error.hint}`)
      return {result: {worker: args.name, block, reachable: false, error_code: surveyed.error.code}}
    }
    const fingerprint = surveyed?.host_key?.fingerprint ?? null
    if (fingerprint !== null && flags['host-key-fingerprint'] === undefined)
      this.log(`It answers. To pin its host key, add this line to the entry:\n  host_key_fingerprint = "${fingerprint}"`)
    else this.log('It answers.')
    return {result: {worker: args.name, block, reachable: true, host_key_fingerprint: fingerprint}}
  }
}

function given(fields: Readonly<Record<string, string | number | undefined>>): Record<string, string | number> {
  return Object.fromEntries(Object.entries(fields).filter((entry): entry is [string, string | number] => entry[1] !== undefined))
}
