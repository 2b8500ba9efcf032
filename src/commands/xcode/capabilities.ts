import {withEmbeddedWorker} from '../../app/embedded-worker.ts'
import {surveyWorkers} from '../../app/inventory/survey-workers.ts'
import {workerNamed} from '../../app/lane.ts'
import type {Answer} from '../../cli/base-command.ts'
import {WORKER_FLAG} from '../../cli/flags.ts'
import {RepositoryCommand} from '../../cli/lane-command.ts'
import {LANE_VERSION, CONTRACT_VERSION, PROTOCOL, PROVIDER_CONTRACT} from '@rch/contract'
import {contractDigest} from '../../infra/contract-digest.ts'

export default class Capabilities extends RepositoryCommand {
  static override summary = 'Print what this host speaks and provides and, with --worker, what a worker does.'
  static override examples = ['<%= config.bin %> <%= command.id %> --json', '<%= config.bin %> <%= command.id %> --worker mini-1 --json']
  static override flags = WORKER_FLAG
  protected override readonly kind = 'capabilities'

  protected override async answer(): Promise<Answer> {
    const {flags} = await this.parse(Capabilities)
    const lane = await withEmbeddedWorker(await this.lane(flags), flags.worker ?? null)
    const worker = flags.worker === undefined ? null : workerNamed(lane, flags.worker).name
    const [providers, wrong] = await Promise.all([lane.providers.listAll(), lane.providers.problems()])
    const host = {
      lane_version: LANE_VERSION,
      protocol: PROTOCOL,
      contract_version: CONTRACT_VERSION,
      contract_sha256: contractDigest(),
      provider_contract: PROVIDER_CONTRACT,
      providers,
    }
    const problems = wrong.map(({code, message, hint, data}) => ({code, message, hint, data}))
    this.log(
      `rch ${LANE_VERSION}, contract ${CONTRACT_VERSION} (${host.contract_sha256.slice(0, 12)}), protocol ${PROTOCOL.min} to ${PROTOCOL.max}`,
    )
    for (const {kind, id, plugin, version} of host.providers) this.log(`  ${kind} ${id} (${plugin} ${version})`)
    for (const {message, hint} of problems) this.log(`  ✘ ${message}\n    → ${hint}`)
    if (worker === null) return {result: {host, problems, worker: null}}
    const [surveyed] = await surveyWorkers(lane, [worker])
    if (surveyed?.error != null) throw surveyed.error
    this.log(JSON.stringify(surveyed?.capabilities, null, 2))
    return {result: {host, problems, worker: surveyed?.capabilities ?? null}}
  }
}
