import {spawnSync} from 'node:child_process'
import {createHash} from 'node:crypto'
import {copyFileSync, mkdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {basename, dirname, join} from 'node:path'
import {isTest, type ScriptPhase, type Target} from '../project/model.ts'
import {parseFile} from '../swift/parse-file.ts'
import type {BuildDatabase} from './build-database.ts'
import {type BuildRequest, intermediatesDirectory, productPath} from './build-request.ts'
import type {BuildLog} from './build-log.ts'
import {compilationConditions} from './conditions.ts'
import {issueText} from './issue.ts'
import {logWord, stepLine} from './log-words.ts'
import {writeTestBundle} from '../tests/write-test-bundle.ts'

interface Step {
  readonly request: BuildRequest
  readonly target: Target
  readonly database: BuildDatabase
  readonly log: BuildLog
  readonly folder: string
  readonly signature: string
}

/** Brings one target up to date. Gives the first lines of the steps that failed; empty: it is built. */
export async function buildTarget(
  request: BuildRequest,
  target: Target,
  database: BuildDatabase,
  log: BuildLog,
): Promise<readonly string[]> {
  const folder = intermediatesDirectory(request, target)
  mkdirSync(join(folder, `Objects-normal/${request.destination.arch}`), {recursive: true})
  const signature = createHash('sha256')
    .update(
      JSON.stringify([
        target.name,
        target.directory,
        request.configuration,
        request.destination.sdk,
        request.destination.arch,
        request.settings,
        request.developerDir,
      ]),
    )
    .digest('hex')
    .slice(0, 16)
  const step: Step = {request, target, database, log, folder, signature}
  for (const script of target.scripts) {
    const failed = runScript(step, script)
    if (failed !== undefined) return [failed]
  }
  if (target.kind === 'aggregate') return []
  processInfoPlist(step)
  for (const resource of target.resources) copyResource(step, resource)
  await log.pause('compile')
  const failures = compile(step)
  if (failures.length > 0) return failures
  await log.pause('link')
  const linked = link(step)
  if (linked) {
    await log.pause('sign')
    sign(step)
  }
  return []
}

function compile({request, target, database, log, folder, signature}: Step): readonly string[] {
  const {arch, sdk} = request.destination
  const {developerDir} = request
  const settings = {...target.settings(request.configuration), ...request.settings}
  const holds = compilationConditions(sdk, request.configuration, (settings['SWIFT_ACTIVE_COMPILATION_CONDITIONS'] ?? '').split(/\s+/))
  const failures: string[] = []
  const stale = target.sources.filter(
    (source) => !database.isCurrent(`compile ${source} ${target.name} ${folder}`, signature, [source], [objectFile(folder, arch, source)]),
  )
  const swift = stale.filter((source) => source.endsWith('.swift'))
  const toolchain = join(developerDir, 'Toolchains/XcodeDefault.xctoolchain/usr/bin')
  if (swift.length > 0) {
    log.step(
      `${stepLine('SwiftDriver', [target.name, 'normal', arch, 'com.apple.xcode.tools.swift.compiler'], target)}\n    cd ${logWord(target.directory)}\n    builtin-SwiftDriver -- ${toolchain}/swiftc -module-name ${moduleName(target)} -Onone @${logWord(folder)}/Objects-normal/${arch}/${logWord(target.name)}.SwiftFileList\n\n`,
    )
  }
  for (const source of stale) {
    const key = `compile ${source} ${target.name} ${folder}`
    const name = basename(source)
    if (!source.endsWith('.swift')) {
      log.step(
        `${stepLine('CompileC', [objectFile(folder, arch, source), source, 'normal', arch, 'c', 'com.apple.compilers.llvm.clang.1_0.compiler'], target)}\n    cd ${logWord(target.directory)}\n\n`,
      )
      writeFileSync(objectFile(folder, arch, source), `mock object of ${source}\n`)
      database.finished(key, signature, [source])
      continue
    }
    const first = stepLine('SwiftCompile', ['normal', arch, `Compiling ${name}`, source], target)
    const second = stepLine('SwiftCompile', ['normal', arch, source], target)
    log.step(
      `${first}\n    cd ${logWord(target.directory)}\n    builtin-swiftTaskExecution -- ${toolchain}/swift-frontend -frontend -c -primary-file ${logWord(source)} -module-name ${moduleName(target)} -o ${logWord(objectFile(folder, arch, source))}\n\n${second}\n    cd ${logWord(target.directory)}\n    \n\n`,
    )
    let text: string
    try {
      text = readFileSync(source, 'utf8')
    } catch {
      log.issue({
        severity: 'error',
        message: `Build input file cannot be found: '${source}'. Did you forget to declare this file as an output of a script phase or custom build rule which produces it?`,
        target: target.name,
      })
      log.message(
        `error: Build input file cannot be found: '${source}'. Did you forget to declare this file as an output of a script phase or custom build rule which produces it? (in target '${target.name}' from project '${target.project}')\n`,
      )
      failures.push(first)
      continue
    }
    const {diagnostics} = parseFile(text, holds)
    const lines = text.split('\n')
    for (const diagnostic of diagnostics) {
      const issue = {...diagnostic, file: source, target: target.name}
      log.issue(issue)
      log.message(issueText(issue, lines[diagnostic.line - 1]))
    }
    if (diagnostics.some(({severity}) => severity === 'error')) {
      database.failed(key)
      failures.push(first, second)
    } else {
      writeFileSync(objectFile(folder, arch, source), `mock object of ${source}\n`)
      database.finished(key, signature, [source])
    }
  }
  if (swift.length > 0 && failures.length === 0) {
    log.step(
      `${stepLine('SwiftEmitModule', ['normal', arch, `Emitting module for ${moduleName(target)}`], target)}\n    cd ${logWord(target.directory)}\n\n${stepLine('SwiftDriverJobDiscovery', ['normal', arch, `Compiling ${swift.map((path) => basename(path)).join(', ')}`], target)}\n\n`,
    )
  }
  return failures
}

/** True when there was something to link. */
function link({request, target, database, log, folder, signature}: Step): boolean {
  const product = productPath(request, target)
  const {arch} = request.destination
  const tested = isTest(target) ? request.targets.filter(({name}) => name === target.host || target.dependencies.includes(name)) : []
  const inputs = [
    ...target.sources.map((source) => objectFile(folder, arch, source)),
    ...tested.flatMap(({sources}) => sources),
    ...(isTest(target) ? target.sources : []),
  ]
  const key = `link ${product}`
  const isBundle = /\.(?:app|framework|xctest|appex)$/.test(target.product)
  const binary = isBundle ? join(product, target.name) : product
  if (database.isCurrent(key, signature, inputs, [binary])) return false
  mkdirSync(dirname(binary), {recursive: true})
  const verb = target.kind === 'library' && target.product.endsWith('.a') ? 'Libtool' : 'Ld'
  log.step(
    `${stepLine(verb, [binary, 'normal', arch], target)}\n    cd ${logWord(target.directory)}\n    ${join(request.developerDir, 'Toolchains/XcodeDefault.xctoolchain/usr/bin/clang')} -Xlinker -reproducible -target ${arch}-apple-mock -o ${logWord(binary)}\n\n`,
  )
  writeFileSync(binary, `mock binary of ${target.name}\n`)
  if (isTest(target)) writeTestBundle(request, target, tested, product)
  database.finished(key, signature, inputs)
  return true
}

function sign({request, target, log}: Step): void {
  if (target.kind === 'library' || request.settings['CODE_SIGNING_ALLOWED'] === 'NO' || target.product.endsWith('.o')) return
  const product = productPath(request, target)
  log.step(
    `${stepLine('CodeSign', [product], target)}\n    cd ${logWord(target.directory)}\n    \n    Signing Identity:     "-"\n    \n    /usr/bin/codesign --force --sign - --timestamp\\=none --generate-entitlement-der ${logWord(product)}\n\n`,
  )
  if (target.kind === 'application')
    log.step(
      `${stepLine('Validate', [product], target)}\n    cd ${logWord(target.directory)}\n    builtin-validationUtility ${logWord(product)}\n\n`,
    )
}

function processInfoPlist({request, target, database, log, folder, signature}: Step): void {
  if (!/\.(?:app|framework|xctest|appex)$/.test(target.product)) return
  const product = productPath(request, target)
  const plist = join(product, request.destination.sdk === 'macosx' && target.kind !== 'framework' ? 'Contents/Info.plist' : 'Info.plist')
  const key = `plist ${product}`
  if (database.isCurrent(key, signature, [], [plist])) return
  mkdirSync(dirname(plist), {recursive: true})
  log.step(
    `${stepLine('ProcessInfoPlistFile', [plist, join(folder, `empty-${target.name}.plist`)], target)}\n    cd ${logWord(target.directory)}\n    builtin-infoPlistUtility ${logWord(join(folder, `empty-${target.name}.plist`))} -producttype ${target.productType} -expandbuildsettings -o ${logWord(plist)}\n\n`,
  )
  const settings = {...target.settings(request.configuration), ...request.settings}
  const identifier = (settings['PRODUCT_BUNDLE_IDENTIFIER'] ?? `mock.${target.name}`).replace(/\$[({]TARGET_NAME[)}]/, target.name)
  writeFileSync(
    plist,
    `<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>\n\t<key>CFBundleIdentifier</key>\n\t<string>${identifier}</string>\n\t<key>CFBundleExecutable</key>\n\t<string>${target.name}</string>\n\t<key>RCHMock</key>\n\t<true/>\n</dict></plist>\n`,
  )
  database.finished(key, signature, [])
}

function copyResource({request, target, database, log, signature}: Step, resource: string): void {
  const product = productPath(request, target)
  const destination = join(product, basename(resource))
  const key = `resource ${destination}`
  if (database.isCurrent(key, signature, [resource], [])) return
  const verb = resource.endsWith('.xcassets')
    ? 'CompileAssetCatalogVariant'
    : resource.endsWith('.storyboard')
      ? 'CompileStoryboard'
      : resource.endsWith('.strings')
        ? 'CopyStringsFile'
        : 'CpResource'
  log.step(`${stepLine(verb, [destination, resource], target)}\n    cd ${logWord(target.directory)}\n\n`)
  if (statSync(resource, {throwIfNoEntry: false})?.isFile() === true && /\.(?:app|framework|xctest|appex)$/.test(product)) {
    mkdirSync(product, {recursive: true})
    copyFileSync(resource, destination)
  }
  database.finished(key, signature, [resource])
}

/** First line of the step when it failed. */
function runScript({request, target, log, folder}: Step, script: ScriptPhase): string | undefined {
  const file = join(folder, `Script-${script.id}.sh`)
  const first = stepLine('PhaseScriptExecution', [script.name, file], target)
  if (!script.hasOutputs) {
    log.message(
      `warning: Run script build phase '${script.name}' will be run during every build because it does not specify any outputs. To address this issue, either add output dependencies to the script phase, or configure it to run in every build by unchecking "Based on dependency analysis" in the script phase. (in target '${target.name}' from project '${target.project}')\n`,
    )
  }
  log.step(`${first}\n    cd ${logWord(target.directory)}\n    ${script.shell} -c ${logWord(file)}\n`)
  const reply = request.scripts.replies[script.name]
  let status = reply?.exit ?? 0
  if (reply?.print !== undefined) log.message(reply.print.endsWith('\n') ? reply.print : `${reply.print}\n`)
  else if (request.scripts.run) {
    const run = spawnSync(script.shell, ['-c', script.script], {
      cwd: target.directory,
      encoding: 'utf8',
      env: {...process.env, SRCROOT: target.directory, TARGET_NAME: target.name, CONFIGURATION: request.configuration},
    })
    log.message(run.stdout + run.stderr)
    status = run.status ?? 1
  } else
    log.message(
      `note: mock Xcode does not run the script phase '${script.name}' (in target '${target.name}' from project '${target.project}')\n`,
    )
  log.step('\n')
  if (status === 0) return undefined
  log.message('Command PhaseScriptExecution failed with a nonzero exit code\n\n')
  log.issue({severity: 'error', message: 'Command PhaseScriptExecution failed with a nonzero exit code', target: target.name})
  return first
}

function objectFile(folder: string, arch: string, source: string): string {
  return join(folder, `Objects-normal/${arch}`, `${basename(source).replace(/\.[^.]+$/, '')}.o`)
}

function moduleName({name}: Target): string {
  return name.replaceAll(/[^\w]/g, '_')
}
