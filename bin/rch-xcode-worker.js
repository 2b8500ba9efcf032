#!/usr/bin/env node
import {enableCompileCache} from 'node:module'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch-xcode-worker')
enableCompileCache?.()
const {main} = await import('../dist/bundle/worker/main.js')
await main(process.argv.slice(2), process.env)
