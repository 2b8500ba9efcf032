import {createHash} from 'node:crypto'
import {join, resolve} from 'node:path'
import type {Container} from '../project/model.ts'
import {homeDirectory, type ToolContext} from '../tool/tool-context.ts'
import type {Invocation} from './invocation.ts'

/** `-derivedDataPath`, else Xcode's own place: the container's name and 28 letters made of its absolute path. */
export function derivedDataOf(context: ToolContext, invocation: Invocation, container: Container): string {
  const given = invocation.value('-derivedDataPath')
  if (given !== undefined) return resolve(context.cwd, given)
  return join(
    homeDirectory(context),
    'Library/Developer/Xcode/DerivedData',
    `${container.name.replaceAll(/[^\w-]/g, '_')}-${pathLetters(container.path)}`,
  )
}

function pathLetters(path: string): string {
  const digest = createHash('md5').update(path).digest()
  return [digest.readBigUInt64BE(0), digest.readBigUInt64BE(8)].map(letters).join('')
}

function letters(half: bigint): string {
  let rest = half
  let text = ''
  for (let digit = 0; digit < 14; digit += 1) {
    text = String.fromCharCode(97 + Number(rest % 26n)) + text
    rest /= 26n
  }
  return text
}
