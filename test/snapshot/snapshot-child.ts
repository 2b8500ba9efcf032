/** Takes one snapshot in a process of its own, for whoever watches what it opens. `snapshot-child.ts <root> <cacheDir>`. */
import {takeSnapshot} from '../../src/snapshot/index.ts'
import {SOURCE} from './test-repository.ts'

const [root = '', cacheDir = ''] = process.argv.slice(2)
const {sourceTreeHash} = await takeSnapshot({root, source: SOURCE, container: null, cacheDir})
process.stdout.write(sourceTreeHash)
