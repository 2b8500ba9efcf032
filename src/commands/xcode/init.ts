import * as Flags from '@oclif/core/flags'
import {initRepository} from '../../app/init-repository.ts'
import type {Answer} from '../../cli/base-command.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {DEFAULT_KIND} from '../../domain/default-kind.ts'
import {hasLocalXcode} from '../../app/lane.ts'

export default class Init extends RepositoryCommand {
  static override summary = 'Look at the repository and write a commented .rch/xcode.toml; never overwrites one.'
  static override examples = [
    '<%= config.bin %> <%= command.id %>',
    '<%= config.bin %> <%= command.id %> --profile ci',
    '<%= config.bin %> <%= command.id %> --demo',
  ]
  static override flags = {demo: Flags.boolean({summary: 'A profile that also runs on mock Xcode.'})}
  protected override readonly kind = 'init'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Init)
    const lane = await this.lane({'config-dir': flags['config-dir']})
    const {provider} = await lane.providers.load('classifier', DEFAULT_KIND)
    const policy = {
      repo_root: lane.repository.root,
      posture: 'trusted',
      local_xcode: hasLocalXcode(),
      env_allow: ['CI'],
      allow_settings: [],
      drop_owned_paths: false,
      allow_mutating: false,
      developer_dir: null,
    } as const
    const result = await initRepository({
      root: lane.repository.root,
      demo: flags.demo,
      profile: flags.profile ?? 'ci',
      classifierFit: (text) => provider.fit({form: 'shell', text, cwd: lane.repository.root}, policy)?.profile ?? null,
    })
    this.log(
      result.written
        ? `Wrote ${result.path}:\n\n${result.toml}`
        : `${result.path} is there already and stays as it is. It would have been:\n\n${result.toml}`,
    )
    for (const finding of result.findings) this.log(`note: ${finding.message}`)
    if (lane.workers.length === 0) this.log(`\nA worker's entry, for ${lane.files.directory}/workers.toml:\n\n${result.workersBlock}`)
    this.log(lane.workers.length === 0 ? '→ rch xcode workers add' : '→ rch xcode verify')
    return {
      result: {
        path: result.path,
        written: result.written,
        toml: result.toml,
        workers_block: result.workersBlock,
        findings: result.findings,
      },
    }
  }
}
