import * as Args from '@oclif/core/args'
import {listArtifacts} from '../../app/artifacts/list-artifacts.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {table} from '../../cli/present/table.ts'

export default class Artifacts extends RepositoryCommand {
  static override summary = 'Print where the key files of a run or job are.'
  static override examples = [
    '<%= config.bin %> <%= command.id %> 3f9a1c2b',
    'less "$(<%= config.bin %> <%= command.id %> 3f9a1c2b --json | jq -r .sets[0].files.build_log)"',
  ]
  static override args = {id: Args.string({required: true, ignoreStdin: true, description: 'Job, run, or path.'})}
  protected override readonly kind = 'artifacts'

  protected override async answer(): Promise<Answer> {
    const {args, flags} = await this.parse(Artifacts)
    const lane = await this.lane(flags)
    const {notebook, sets} = listArtifacts(lane, args.id)
    if (notebook !== null) this.log(`notebook  ${notebook}`)
    for (const set of sets)
      this.log(
        `\njob ${set.job_id}\n${table([['  directory', set.directory], ...Object.entries(set.files).map(([name, path]) => [`  ${name}`, path])])}`,
      )
    return {result: {notebook, sets}}
  }
}
