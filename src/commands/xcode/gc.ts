import * as Flags from '@oclif/core/flags'
import {checkResponsePayload} from '@rch/contract/documents'
import {collectHost} from '../../app/collect-host.ts'
import {withEmbeddedWorker} from '../../app/embedded-worker.ts'
import {connect, workerNamed} from '../../app/lane.ts'
import {readHostFile} from '../../domain/config/host-file.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {size} from '../../cli/present/lines.ts'
import {table} from '../../cli/present/table.ts'

export default class Gc extends RepositoryCommand {
  static override summary = 'Delete old runs and sets of this repository here, or what is old on a worker. Never what is in use.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> --dry-run',
    '<%= config.bin %> <%= command.id %> --worker mini-1',
    '<%= config.bin %> <%= command.id %> --worker mini-1 --slots',
  ]
  static override flags = {
    worker: Flags.string({char: 'w', summary: 'Collect on this worker instead of here.'}),
    slots: Flags.boolean({summary: 'Only its warm slots.', dependsOn: ['worker']}),
    'dry-run': Flags.boolean({default: false, summary: 'Say what would go, and why.'}),
  }
  protected override readonly kind = 'gc'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Gc)
    const lane = await withEmbeddedWorker(await this.lane(flags), flags.worker ?? null)
    const dry_run = flags['dry-run']
    if (flags.worker === undefined) return this.tell(collectHost(lane, readHostFile(lane.files.host).gc, dry_run), dry_run)
    const connection = await connect(lane, workerNamed(lane, flags.worker), {role: 'run', profile: null})
    try {
      const what = flags.slots ? ['slots'] : ['jobs', 'stage', 'slots', 'blobs']
      const {payload} = await connection.call({verb: 'gc', payload: {what, dry_run}, protocolVersion: 1})
      return this.tell(checkResponsePayload('gc', payload).removed, dry_run)
    } finally {
      await connection.close()
    }
  }

  private tell(
    removed: readonly {readonly what: string; readonly name: string; readonly bytes: number; readonly reason: string}[],
    dryRun: boolean,
  ): Answer {
    const freed = removed.reduce((sum, {bytes}) => sum + bytes, 0)
    if (removed.length > 0) this.log(table(removed.map(({what, name, bytes, reason}) => [what, name, size(bytes), reason])))
    this.log(`${dryRun ? 'would free' : 'freed'} ${size(freed)}`)
    return {result: {removed, freed_bytes: freed, dry_run: dryRun}}
  }
}
