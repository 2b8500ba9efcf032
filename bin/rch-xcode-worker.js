#!/usr/bin/env node
import module from 'node:module'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch-xcode-worker')
module.enableCompileCache?.()
const {main} = await import('../dist/bundle/worker/main.js')
await main(process.argv.slice(2), process.env)
