#!/usr/bin/env node
import module from 'node:module'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch-xcode-intercept')
module.enableCompileCache?.()
const {interceptMain} = await import('../dist/bundle/intercept/intercept.js')
await interceptMain(process.argv.slice(2))
