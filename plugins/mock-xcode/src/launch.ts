import {main} from './main.ts'

const [, , tool = '', home = '', developerDir = '', ...argv] = process.argv
await main(tool, home, argv, developerDir === '' ? undefined : developerDir)
