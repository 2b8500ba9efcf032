import {cpSync, mkdirSync, readdirSync, readFileSync, statSync, writeFileSync} from 'node:fs'
import {dirname, join, relative, resolve} from 'node:path'
import {readPlist} from '@rch/xcodeproj'
import {type BuildRequest, platformFolder, productPath} from '../build/build-request.ts'
import {sdkVersion} from '../mock-version.ts'
import type {TestChoice} from './scheme-choice.ts'
import type {Session} from './session.ts'

/** What an `.xctestrun` file says: where each bundle lies, relative to the folder that holds the file. */
export interface TestRunFile {
  readonly plan: string
  readonly scheme: string
  readonly container: string
  readonly bundles: readonly {readonly name: string; readonly path: string; readonly parallel: boolean}[]
}

/** Writes the `.xctestrun` beside the products, and the whole `.xctestproducts` bundle when one is asked for. */
export function writeTestProducts(session: Session, request: BuildRequest, choice: TestChoice): void {
  const products = join(request.derivedData, 'Build/Products')
  const file = join(
    products,
    `${request.scheme ?? 'Tests'}_${choice.plan}_${request.destination.sdk}${sdkVersion}-${request.destination.arch}.xctestrun`,
  )
  const bundles = choice.testables.flatMap(({target: name, parallel}) => {
    const target = request.container.targets.find((candidate) => candidate.name === name)
    return target === undefined ? [] : [{name, parallel, path: relative(products, productPath(request, target))}]
  })
  writeFileSync(file, plist(session.facts.container, request.scheme ?? '', choice.plan, bundles))
  const asked = session.invocation.value('-testProductsPath')
  if (asked === undefined) return
  const target = resolve(session.context.cwd, asked)
  const binaries = join(target, 'Binaries/0')
  mkdirSync(join(target, 'Tests/0'), {recursive: true})
  cpSync(join(products, platformFolder(request)), join(binaries, platformFolder(request)), {recursive: true})
  writeFileSync(
    join(target, 'Info.plist'),
    '<?xml version="1.0" encoding="UTF-8"?>\n<plist version="1.0"><dict>\n\t<key>RCHMock</key>\n\t<true/>\n</dict></plist>\n',
  )
  writeFileSync(
    join(target, 'Tests/0', `${choice.plan}.xctestrun`),
    plist(
      session.facts.container,
      request.scheme ?? '',
      choice.plan,
      bundles.map((bundle) => ({...bundle, path: `../../Binaries/0/${bundle.path}`})),
    ),
  )
  session.print(`Test products written to path:\n\t${target}\n\n`)
}

/** The `.xctestrun` files of `-xctestrun FILE` or `-testProductsPath BUNDLE`. Empty when there is none. */
export function findTestRunFiles(path: string): readonly string[] {
  const found = statSync(path, {throwIfNoEntry: false})
  if (found === undefined) return []
  if (found.isFile()) return [path]
  const folder = join(path, 'Tests')
  const files = statSync(folder, {throwIfNoEntry: false}) === undefined ? [] : readdirSync(folder, {recursive: true, encoding: 'utf8'})
  return files.filter((name) => name.endsWith('.xctestrun')).map((name) => join(folder, name))
}

/** Reads an `.xctestrun` of the mock; the placeholder `__TESTROOT__` becomes the folder that holds it. */
export function readTestRunFile(file: string): TestRunFile {
  const root = readPlist(readFileSync(file, 'utf8'))
  const text = (value: unknown): string => (typeof value === 'string' ? value : '')
  if (!(root instanceof Map)) throw new Error(`${file} is no test run file`)
  const configurations = root.get('TestConfigurations')
  const [first] = Array.isArray(configurations) ? configurations : []
  const targets = first instanceof Map ? first.get('TestTargets') : undefined
  const info = root.get('ContainerInfo')
  return {
    plan: text(info instanceof Map ? info.get('TestPlanName') : undefined),
    scheme: text(info instanceof Map ? info.get('SchemeName') : undefined),
    container: text(info instanceof Map ? info.get('ContainerName') : undefined),
    bundles: (Array.isArray(targets) ? targets : []).flatMap((target) =>
      target instanceof Map
        ? [
            {
              name: text(target.get('BlueprintName')),
              path: resolve(dirname(file), text(target.get('TestBundlePath')).replace('__TESTROOT__', '.')),
              parallel: target.get('ParallelizationEnabled') === 'true',
            },
          ]
        : [],
    ),
  }
}

function plist(container: string, scheme: string, plan: string, bundles: TestRunFile['bundles']): string {
  const targets = bundles.map(
    ({name, path, parallel}) => `\t\t\t\t<dict>
					<key>BlueprintName</key>
					<string>${escaped(name)}</string>
					<key>ParallelizationEnabled</key>
					<string>${parallel}</string>
					<key>TestBundlePath</key>
					<string>__TESTROOT__/${escaped(path)}</string>
				</dict>
`,
  )
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
<plist version="1.0">
<dict>
	<key>ContainerInfo</key>
	<dict>
		<key>ContainerName</key>
		<string>${escaped(container)}</string>
		<key>SchemeName</key>
		<string>${escaped(scheme)}</string>
		<key>TestPlanName</key>
		<string>${escaped(plan)}</string>
	</dict>
	<key>RCHMock</key>
	<true/>
	<key>TestConfigurations</key>
	<array>
		<dict>
			<key>Name</key>
			<string>Test Scheme Action</string>
			<key>TestTargets</key>
			<array>
${targets.join('')}			</array>
		</dict>
	</array>
	<key>__xctestrun_metadata__</key>
	<dict>
		<key>FormatVersion</key>
		<integer>2</integer>
	</dict>
</dict>
</plist>
`
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}
