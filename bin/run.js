#!/usr/bin/env node
import {enableCompileCache} from 'node:module'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch')
enableCompileCache?.()
const {start} = await import('../dist/bundle/rch/start.js')
await start(process.argv.slice(2), import.meta.url)
