import {createHash} from 'node:crypto'
import {mkdirSync} from 'node:fs'
import {join} from 'node:path'
import type {Target} from '../project/model.ts'
import {BuildDatabase, lockBuildFolder} from './build-database.ts'
import {type BuildRequest, productsDirectory} from './build-request.ts'
import type {BuildLog} from './build-log.ts'
import {buildTarget} from './build-target.ts'
import {stepLine} from './log-words.ts'

export interface BuildOutcome {
  readonly succeeded: boolean
  /** First lines of the steps that failed. */
  readonly failedCommands: readonly string[]
}

/** Brings the request's targets up to date, as far as their sources allow. */
export async function build(request: BuildRequest, log: BuildLog): Promise<BuildOutcome> {
  const lock = lockBuildFolder(request.derivedData)
  if (lock === undefined) {
    const database = join(request.derivedData, 'Build/Intermediates.noindex/XCBuildData/build.db')
    const message = `unable to attach DB: error: accessing build database "${database}": database is locked Possibly there are two concurrent builds running in the same filesystem location.`
    log.issue({severity: 'error', message})
    log.message(`error: ${message}\n`)
    return {succeeded: false, failedCommands: []}
  }
  const database = new BuildDatabase(request.derivedData, request.fullStat)
  try {
    mkdirSync(productsDirectory(request), {recursive: true})
    log.step(preparation(request))
    const failed = new Set<string>()
    const failedCommands: string[] = []
    for (const target of request.targets) {
      if ([...target.dependencies, target.host ?? ''].some((name) => failed.has(name))) {
        failed.add(target.name)
        continue
      }
      const commands = await buildTarget(request, target, database, log)
      if (commands.length === 0) continue
      failed.add(target.name)
      failedCommands.push(...commands)
    }
    return {succeeded: failedCommands.length === 0, failedCommands}
  } finally {
    database.save()
    lock.release()
  }
}

function preparation(request: BuildRequest): string {
  const {targets, derivedData} = request
  const signature = createHash('md5')
    .update(JSON.stringify([request.container.path, request.configuration, request.destination.sdk, targets.map(({name}) => name)]))
    .digest('hex')
  const graph = targets.toReversed().map((target) => {
    const needed = [...new Set([...target.dependencies, ...(target.host === undefined ? [] : [target.host])])].flatMap(
      (name) => targets.find((candidate) => candidate.name === name) ?? [],
    )
    const header = `    Target '${target.name}' in project '${target.project}'`
    if (needed.length === 0) return `${header} (no dependencies)`
    return [
      header,
      ...needed.map(({name, project}: Target) => `        ➜ Explicit dependency on target '${name}' in project '${project}'`),
    ].join('\n')
  })
  return [
    'ComputePackagePrebuildTargetDependencyGraph',
    '',
    'Prepare packages',
    '',
    'CreateBuildRequest',
    '',
    'SendProjectDescription',
    '',
    'CreateBuildOperation',
    '',
    'ComputeTargetDependencyGraph',
    'note: Building targets in dependency order',
    `note: Target dependency graph (${targets.length} target${targets.length === 1 ? '' : 's'})`,
    ...graph,
    '',
    'GatherProvisioningInputs',
    '',
    'CreateBuildDescription',
    '',
    `Build description signature: ${signature}`,
    `Build description path: ${derivedData}/Build/Intermediates.noindex/XCBuildData/${signature}.xcbuilddata`,
    stepLine('CreateBuildDirectory', [productsDirectory(request)]),
    `    builtin-create-build-directory ${productsDirectory(request)}`,
    '',
    '',
  ].join('\n')
}
