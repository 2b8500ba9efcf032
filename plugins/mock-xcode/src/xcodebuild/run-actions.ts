import {mkdirSync, rmSync, writeFileSync} from 'node:fs'
import {dirname, join} from 'node:path'
import type {BuildLog} from '../build/build-log.ts'
import {build, type BuildOutcome} from '../build/build.ts'
import {type BuildRequest, inDependencyOrder, productPath} from '../build/build-request.ts'
import type {BuildIssue} from '../build/issue.ts'
import type {Container, Scheme, Target} from '../project/model.ts'
import {DiskFull, enterPhase} from '../scenario/faults.ts'
import type {Scenario} from '../scenario/scenario.ts'
import {readTestBundle} from '../tests/write-test-bundle.ts'
import {bundleTime} from '../tool/clock.ts'
import {developerDir, type ToolContext} from '../tool/tool-context.ts'
import {packageLines} from './container-queries.ts'
import {derivedDataOf} from './derived-data.ts'
import {availableDestinations, chooseDestinations, type Destination, genericDestination} from './destination.ts'
import {enumerateTests} from './enumerate-tests.ts'
import type {Invocation} from './invocation.ts'
import type {Action} from './options.ts'
import {preamble} from './preamble.ts'
import {refuse} from './refuse.ts'
import {resultBundlePath} from './result-bundle-path.ts'
import {chooseTestables, findScheme, schemeTargets, type TestChoice} from './scheme-choice.ts'
import {Session} from './session.ts'
import {testAction} from './test-action.ts'
import {verdict} from './verdict.ts'
import {onInterrupt} from './interrupt.ts'
import {writeTestProducts} from './test-products-file.ts'

/** Performs the build actions of an invocation, in their order, up to the first that fails. Gives the exit status. */
export async function runActions(context: ToolContext, invocation: Invocation, container: Container, scenario: Scenario): Promise<number> {
  const actions: readonly Action[] = invocation.actions.length === 0 ? ['build'] : invocation.actions
  const needsScheme =
    container.kind !== 'project' ||
    invocation.value('-scheme') !== undefined ||
    actions.some((action) => /test|archive|analyze/.test(action))
  const scheme = needsScheme ? findScheme(invocation, container) : undefined
  if (scheme !== undefined && 'message' in scheme) return refuse(context, scheme.status, scheme.message)
  const tests = actions.some((action) => /test/.test(action))
  const choice = tests && scheme !== undefined ? chooseTestables(invocation, scheme) : undefined
  if (choice !== undefined && 'message' in choice) return refuse(context, choice.status, choice.message)
  const names =
    scheme === undefined
      ? targetNames(invocation, container)
      : tests && choice !== undefined
        ? [...scheme.buildTargets, ...choice.testables.map(({target}) => target)]
        : schemeTargets(scheme, false)
  const targets = inDependencyOrder(container, names)
  const configuration =
    invocation.value('-configuration') ??
    (tests ? scheme?.testConfiguration : scheme?.buildConfiguration) ??
    (scheme === undefined
      ? container.defaultConfiguration
      : (container.configurations.find((name) => name === 'Debug') ?? container.defaultConfiguration))
  const picked = pickDestinations(context, invocation, container, scheme, targets, configuration, scenario)
  if ('message' in picked) return refuse(context, 70, picked.message)
  const derivedData = derivedDataOf(context, invocation, container)
  const session = new Session(context, invocation, scenario, {
    scheme: scheme?.name ?? container.name,
    container: container.name,
    plan: choice?.plan ?? scheme?.name ?? container.name,
    configuration,
    destinations: picked,
    bundlePath: resultBundlePath(context, invocation),
    derivedData,
  })
  session.print(preamble(invocation, developerDir(context)))
  if (session.bundlePath !== undefined) session.print(`Writing result bundle at path:\n\t${session.bundlePath}\n\n`)
  const [destination] = picked
  if (destination === undefined) return refuse(context, 70, 'no destination')
  const request: BuildRequest = {
    container,
    scheme: scheme?.name,
    targets,
    configuration,
    destination,
    derivedData,
    developerDir: developerDir(context),
    settings: invocation.settings,
    fullStat:
      scenario.file_system_mode === 'full-stat' ||
      context.env['RCH_MOCK_FILE_SYSTEM_MODE'] === 'full-stat' ||
      invocation.userDefaults['FileSystemMode'] === 'full-stat',
    quiet: invocation.has('-quiet'),
    scripts: {run: scenario.run_scripts === true, replies: scenario.scripts ?? {}},
  }
  const interruption = onInterrupt(session)
  try {
    await session.phase('resolve')
    session.print(packageLines(container))
    for (const [path, content] of Object.entries(scenario.writes ?? {})) {
      mkdirSync(dirname(join(container.directory, path)), {recursive: true})
      writeFileSync(join(container.directory, path), content)
    }
    if (invocation.has('-enumerate-tests') && scheme !== undefined && choice !== undefined && !('message' in choice)) {
      const outcome = await build(request, buildLog(session, request, scenario, true))
      if (!outcome.succeeded) return session.finish(buildFailed(session, 'test', outcome, container, scheme), 'failed')
      return session.finish(enumerateTests(context, invocation, bundlesOf(request, choice, container), choice.plan), 'succeeded')
    }
    for (const action of actions) {
      session.action = action
      const status = await perform(action, session, request, scheme, choice !== undefined && 'message' in choice ? undefined : choice)
      if (status !== 0) return session.finish(status, 'failed')
    }
    await session.phase('end')
    return session.finish(0, 'succeeded')
  } catch (error) {
    if (!(error instanceof DiskFull)) throw error
    session.issue({severity: 'error', message: 'No space left on device'})
    session.print(
      `error: unable to write file '${derivedData}/Build/Intermediates.noindex/XCBuildData/build.db': No space left on device (28)\n\n`,
    )
    if (session.action === 'test' && !session.tested)
      session.print('Testing failed:\n\tNo space left on device\n\tTesting cancelled because the build failed.\n\n')
    session.print(verdict(session.action, 'FAILED'))
    return session.finish(65, 'failed')
  } finally {
    interruption.release()
  }
}

function pickDestinations(
  context: ToolContext,
  invocation: Invocation,
  container: Container,
  scheme: Scheme | undefined,
  targets: readonly Target[],
  configuration: string,
  scenario: Scenario,
): readonly Destination[] | {readonly message: string} {
  const available = scenario.no_destination === true ? [] : availableDestinations(context, targets, configuration)
  const specifiers = invocation.values('-destination')
  if (scheme === undefined && specifiers.length === 0)
    return [
      genericDestination((invocation.value('-sdk') ?? targets[0]?.settings(configuration)['SDKROOT'] ?? 'macosx').replace(/[\d.]+$/, '')),
    ]
  const picked = chooseDestinations(
    scenario.no_destination === true && specifiers.length === 0 ? ['platform=mock'] : specifiers,
    available,
    scheme?.name ?? '',
    container,
  )
  if ('message' in picked) return picked
  return picked
}

function targetNames(invocation: Invocation, container: Container): readonly string[] {
  const named = invocation.values('-target')
  if (named.length > 0) return named
  const own = container.targets.filter(({project}) => project === container.name).map(({name}) => name)
  return invocation.has('-alltargets') ? own : own.slice(0, 1)
}

async function perform(
  action: Action,
  session: Session,
  request: BuildRequest,
  scheme: Scheme | undefined,
  choice: TestChoice | undefined,
): Promise<number> {
  switch (action) {
    case 'clean':
      rmSync(join(request.derivedData, 'Build'), {recursive: true, force: true})
      session.print(verdict('clean', 'SUCCEEDED') + '\n')
      return 0
    case 'test-without-building':
      return choice === undefined ? 65 : testAction(session, action, bundlesOf(request, choice, request.container), choice)
    case 'test': {
      const outcome = await build(request, buildLog(session, request, session.scenario, request.quiet))
      if (!outcome.succeeded) return testsCancelled(session, outcome, request, scheme)
      return choice === undefined ? 65 : testAction(session, action, bundlesOf(request, choice, request.container), choice)
    }
    default: {
      const outcome = await build(request, buildLog(session, request, session.scenario, request.quiet))
      if (!outcome.succeeded) return buildFailed(session, action, outcome, request.container, scheme)
      if (action === 'build-for-testing' && choice !== undefined) writeTestProducts(session, request, choice)
      if (action === 'archive') archive(session, request)
      session.print(verdict(action, 'SUCCEEDED') + '\n')
      return 0
    }
  }
}

/** Tests are looked for where the build puts its products. */
function bundlesOf(
  request: BuildRequest,
  choice: TestChoice,
  container: Container,
): readonly {readonly name: string; readonly parallel: boolean; readonly bundle: ReturnType<typeof readTestBundle>}[] {
  return choice.testables.map(({target: name, parallel}) => {
    const target = container.targets.find((candidate) => candidate.name === name)
    return {name, parallel, bundle: target === undefined ? undefined : readTestBundle(productPath(request, target))}
  })
}

function buildLog(session: Session, {quiet}: BuildRequest, scenario: Scenario, silent: boolean): BuildLog {
  return {
    step: (text) => {
      session.note(text)
      if (!quiet && !silent) session.print(text)
    },
    message: (text) => {
      for (let time = 0; time < (scenario.repeat_diagnostics ?? 1); time += 1) session.print(text)
    },
    issue: (issue: BuildIssue) => session.issue(issue),
    pause: (phase) => enterPhase(scenario, phase, session.context.output),
  }
}

function buildFailed(session: Session, action: Action, outcome: BuildOutcome, container: Container, scheme: Scheme | undefined): number {
  session.print('\n')
  if (session.bundlePath !== undefined) session.print(`Result bundle written to path:\n\t${session.bundlePath}\n\n`)
  session.print(verdict(action, 'FAILED'))
  session.print(failedCommands(outcome, container, scheme, action))
  return 65
}

function testsCancelled(
  session: Session,
  outcome: BuildOutcome,
  {container, derivedData}: BuildRequest,
  scheme: Scheme | undefined,
): number {
  session.bundlePath ??= join(derivedData, 'Logs/Test', `Test-${scheme?.name ?? container.name}-${bundleTime(new Date())}.xcresult`)
  session.print(`\nTest session results, code coverage, and logs:\n\t${session.bundlePath}\n\n`)
  const messages = session.issues
    .filter(({severity}) => severity === 'error')
    .map(({message}) => `\t${message.charAt(0).toUpperCase()}${message.slice(1)}\n`)
  session.print(`Testing failed:\n${messages.join('')}\tTesting cancelled because the build failed.\n\n${verdict('test', 'FAILED')}`)
  session.print(failedCommands(outcome, container, scheme, 'test'))
  return 65
}

function failedCommands(
  {failedCommands: commands}: BuildOutcome,
  container: Container,
  scheme: Scheme | undefined,
  action: Action,
): string {
  const kind = container.kind === 'project' ? 'project' : 'workspace'
  const verb = action === 'archive' ? 'Archiving' : action === 'test' ? 'Testing' : action === 'build-for-testing' ? 'Building' : 'Building'
  const all = scheme === undefined ? commands : [...commands, `${verb} ${kind} ${container.name} with scheme ${scheme.name}`]
  return `\n\nThe following build commands failed:\n${all.map((command) => `\t${command}\n`).join('')}(${all.length} failure${all.length === 1 ? '' : 's'})\n`
}

function archive(session: Session, request: BuildRequest): void {
  const given = session.invocation.value('-archivePath')
  const path =
    given === undefined
      ? join(request.derivedData, 'Archives', `${request.scheme ?? 'Archive'}.xcarchive`)
      : join(session.context.cwd, given.replace(/(?:\.xcarchive)?$/, '.xcarchive'))
  mkdirSync(path, {recursive: true})
  writeFileSync(
    join(path, 'Info.plist'),
    '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>\n\t<key>RCHMock</key>\n\t<true/>\n</dict></plist>\n',
  )
}
