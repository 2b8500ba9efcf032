import {main} from './main.ts'

const [, , name = '', home = '', ...argv] = process.argv
await main(name, home, argv)
