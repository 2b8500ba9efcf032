import {afterAll, beforeAll, describe, it} from 'vitest'
import {createLab, type Lab} from '../support/lab.ts'
import {expectFileRefused, expectIdRefused, FILES, IDS, KINDS, WITH_ID} from './bad-input-cases.ts'

describe('bad input, every command with every kind', () => {
  let lab: Lab
  beforeAll(async () => {
    lab = await createLab({transport: 'local'})
  })
  afterAll(async () => lab.stop())

  describe.each(WITH_ID)('rch xcode %s', (command) => {
    it.each(IDS.map((id) => ({shown: JSON.stringify(id.slice(0, 40)), id})))('says what is wrong with $shown', async ({id}) =>
      expectIdRefused(lab, command, id),
    )
  })

  describe.each(FILES)('$name', (file) => {
    it.each(KINDS)('is %s: every command that reads it says so', async (kind) => expectFileRefused(lab, file, kind, file.commands))
  })
})
