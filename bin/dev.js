#!/usr/bin/env -S node --conditions=rch-source
// Runs the sources without a build; the manifest, which describes the built commands, is left aside.
import {settings} from '@oclif/core/settings'
import {refuseOldNode} from './node-version.js'

refuseOldNode('rch')
settings.enableAutoTranspile = false
process.env.RCH_DEV_SOURCES = '1'
const {start} = await import('../src/start.ts')
await start(process.argv.slice(2), import.meta.url)
