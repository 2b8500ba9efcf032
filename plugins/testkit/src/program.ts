import {fileURLToPath} from 'node:url'

/** The words that start one of this package's programs (`./x-main.ts` of the caller), from source or as built. */
export function programOf(caller: string, name: string): readonly [string, ...string[]] {
  const fromSource = caller.endsWith('.ts')
  const file = fileURLToPath(new URL(`${name}.${fromSource ? 'ts' : 'js'}`, caller))
  return fromSource ? [process.execPath, '--conditions=rch-source', file] : [process.execPath, file]
}
