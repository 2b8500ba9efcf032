#!/usr/bin/env node
import module from 'node:module'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch-xcode')
module.enableCompileCache?.()
const {start} = await import('../dist/bundle/rch/start.js')
const words = process.argv.slice(2)
await start(words[0] === '--version' ? words : ['xcode', ...words], import.meta.url)
