import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, describe, expect, it} from 'vitest'
import {sharedData} from '../../../test/support/shared-data.ts'
import {bench, type Bench} from './support/bench.ts'

/** Real projects with what the real Xcode listed for them, where they are at hand. */
describe.skipIf(sharedData === undefined)('real projects', () => {
  let app: Bench
  beforeAll(() => {
    app = bench('HelloApp')
  })
  afterAll(() => app[Symbol.dispose]())

  it.each([
    ['kingfisher', 'Kingfisher.xcworkspace'],
    ['alamofire', 'Alamofire.xcworkspace'],
  ])('%s lists the schemes that Xcode 26.5 lists', async (folder, workspace) => {
    const directory = join(sharedData ?? '', 'projects', folder)
    const {stdout} = await app.run('xcodebuild', ['-list', '-json', '-workspace', workspace], {cwd: join(directory, 'files')})
    expect(JSON.parse(stdout)).toEqual(JSON.parse(readFileSync(join(directory, 'oracle/xcode-26.5.0/list.json'), 'utf8')))
  })

  it('reads a test plan', async () => {
    const {stdout} = await app.run('xcodebuild', ['-showTestPlans', '-scheme', 'FastlaneTrainerExample'], {
      cwd: join(sharedData ?? '', 'projects/fastlane-trainer-example/files'),
    })
    expect(stdout).toContain('TestPlan\n')
  })
})
