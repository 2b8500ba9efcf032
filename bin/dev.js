#!/usr/bin/env -S node --conditions=rch-source
// Runs the sources without a build; the manifest, which describes the built commands, is left aside.
import {readFileSync} from 'node:fs'
import {fileURLToPath} from 'node:url'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch')
const {start} = await import('../src/start.ts')
const root = fileURLToPath(new URL('..', import.meta.url))
const pjson = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8'))
const oclif = {...pjson.oclif, commands: {strategy: 'pattern', target: './src/commands'}}
await start(process.argv.slice(2), {root, ignoreManifest: true, pjson: {...pjson, oclif}})
