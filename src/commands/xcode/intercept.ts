import * as Args from '@oclif/core/args'
import {intercept} from '../../fast/intercept.ts'
import {LaneCommand, type Answer} from '../../cli/base-command.ts'

export default class Intercept extends LaneCommand {
  static override summary = 'Judge a shell string for a hook or shim: the rewritten command out when it is accepted, nothing otherwise.'
  static override description = 'Reads the string from its arguments or from stdin. Always exits 0; what is refused says why on stderr. rch-xcode-intercept is the same without the cost of this program.'
  static override examples = ["<%= config.bin %> <%= command.id %> -- 'xcodebuild test -scheme App 2>&1 | tail -5'", "<%= config.bin %> <%= command.id %> --json -- 'xcodebuild build -scheme App'"]
  static override args = {command: Args.string({required: true, ignoreStdin: true, description: 'The shell string, as one word.'})}
  protected override readonly kind = 'interception'

  protected override async answer(): Promise<Answer> {
    const {args} = await this.parse(Intercept)
    const result = await intercept(args.command, process.cwd(), process.env)
    if (result.rewritten !== null) this.log(result.rewritten)
    return {result: {...result}}
  }
}
