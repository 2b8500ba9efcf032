import {existsSync} from 'node:fs'
import {fileURLToPath} from 'node:url'

/**
 * The words that start one of this package's programs, which lies beside its caller. Run from source, the caller still starts the
 * built program where there is one: it starts several times faster.
 */
export function programOf(caller: string, name: string): readonly [string, ...string[]] {
  const beside = fileURLToPath(new URL(name, caller))
  if (!caller.endsWith('.ts')) return [process.execPath, `${beside}.js`]
  const built = `${beside.replace(/([/\\])src([/\\])(?!.*[/\\]src[/\\])/, '$1dist$2')}.js`
  return existsSync(built) ? [process.execPath, built] : [process.execPath, '--conditions=rch-source', `${beside}.ts`]
}
