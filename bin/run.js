#!/usr/bin/env node
import module from 'node:module'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch')
module.enableCompileCache?.()
const {start} = await import('../dist/bundle/rch/start.js')
await start(process.argv.slice(2), import.meta.url)
