import {spawn, type ChildProcess} from 'node:child_process'
import {once} from 'node:events'
import {existsSync, readFileSync, rmSync} from 'node:fs'
import {join} from 'node:path'
import {afterAll, beforeAll, expect, it} from 'vitest'
import {ageBlobs, followed, harnessProcesses, holdAt, until} from '../support/lab-tools.ts'
import {createLab, type Lab} from '../support/lab.ts'

const HOLD = `const {DatabaseSync} = require('node:sqlite')
const db = new DatabaseSync(process.argv[1]); db.exec('BEGIN EXCLUSIVE'); console.log('held'); setInterval(() => {}, 1000)`

let lab: Lab
let holder: ChildProcess | null = null
beforeAll(async () => {
  lab = await createLab({transport: 'local'})
})
afterAll(async () => {
  holder?.kill('SIGKILL')
  await lab.stop()
})

it('a job ends while somebody else keeps the collection of contents locked', async () => {
  expect((await lab.rch(['xcode', 'build'])).code).toBe(0)
  const [worker] = lab.workers
  const root = worker!.root
  // It is time to collect again, and there is something old enough.
  rmSync(join(root, 'jobs/collected'))
  ageBlobs(worker!)
  const {release} = holdAt(lab, 'compile')
  const run = followed(lab.start(['xcode', 'build']))
  const id = (await run.says(/job [0-9a-f]{8}-[0-9a-f-]{27}/)).slice(4)
  holder = spawn(process.execPath, ['-e', HOLD, join(root, 'cache/blobs/collecting.sqlite3')], {stdio: ['ignore', 'pipe', 'inherit']})
  await once(holder.stdout!, 'data')
  release()
  expect(await run.ended).toMatchObject({code: 0})
  await until('the supervisor’s end', () => harnessProcesses(lab, 'supervise').length === 0)
  expect(holder.exitCode).toBeNull()
  expect(existsSync(join(root, 'jobs/collected'))).toBe(true)
  expect(readFileSync(join(root, 'jobs', id, 'work/supervisor.log'), 'utf8')).toBe('')
})
