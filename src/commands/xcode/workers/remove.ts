import * as Args from '@oclif/core/args'
import {removeWorker} from '../../../app/inventory/edit-inventory.ts'
import {workerNamed} from '../../../app/lane.ts'
import type {Answer} from '../../../cli/base-command.ts'
import {RepositoryCommand} from '../../../cli/lane-command.ts'

export default class WorkersRemove extends RepositoryCommand {
  static override summary = 'Take a worker out of workers.toml. Nothing on the worker changes.'
  static override examples = ['<%= config.bin %> <%= command.id %> mini-1']
  static override args = {name: Args.string({required: true, ignoreStdin: true, description: 'Name of the worker.'})}
  protected override readonly kind = 'worker'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(WorkersRemove)
    const lane = await this.lane(flags)
    workerNamed(lane, args.name)
    await removeWorker(lane, args.name)
    this.log(`Removed ${args.name} from ${lane.files.directory}/workers.toml.`)
    return {result: {worker: args.name, removed: true}}
  }
}
