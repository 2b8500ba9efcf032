import * as Args from '@oclif/core/args'
import {RchError} from '@rch/contract'
import {intercept, readInput} from '../../fast/intercept.ts'
import {LaneCommand, type Answer} from '../../cli/base-command.ts'
import {workingDirectory} from '../../infra/working-directory.ts'

export default class Intercept extends LaneCommand {
  static override summary = 'Judge a shell string for a hook or shim: the rewritten command out when it is accepted, nothing otherwise.'
  static override description =
    'Reads the string from its arguments or from stdin. Always exits 0; what is refused says why on stderr. rch-xcode-intercept is the same without the cost of this program.'
  static override examples = [
    "<%= config.bin %> <%= command.id %> -- 'xcodebuild test -scheme App 2>&1 | tail -5'",
    "<%= config.bin %> <%= command.id %> --json -- 'xcodebuild build -scheme App'",
  ]
  static override args = {
    command: Args.string({ignoreStdin: true, description: 'The shell string, as one word; without it, what stands on stdin.'}),
  }
  protected override readonly kind = 'interception'

  protected override async answer(): Promise<Answer> {
    const {args} = await this.parse(Intercept)
    if (args.command === undefined && process.stdin.isTTY)
      throw new RchError('usage_error', 'intercept takes a shell string as one word, or on stdin.', {data: {problem: 'nothing to judge'}})
    const result = await intercept(args.command ?? (await readInput()), workingDirectory(), process.env)
    if (result.rewritten !== null) this.log(result.rewritten)
    return {result: {...result}}
  }
}
