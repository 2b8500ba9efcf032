import {setFlagsFromString} from 'node:v8'
import {runInNewContext} from 'node:vm'

/**
 * Keeps V8 from growing its young generation while a large source is read: 100,000 entries otherwise leave a heap that is mostly
 * room for more. Costs nothing that was measurable; call it before the work, once per process.
 */
export function keepHeapFlat(): void {
  setFlagsFromString('--semi-space-growth-factor=1')
}

/** From so many files on it is worth some 50 ms to give back what was needed for them. */
export const MANY_FILES = 50_000

/**
 * Gives back what a large piece of work has left behind. By itself V8 waits until there is a good deal more, and hardly counts
 * buffers: a process that is done with 100,000 files would keep half as much again as it needs.
 */
export function collectGarbage(): void {
  collect ??= findCollector()
  collect()
}

let collect: (() => void) | undefined

/** The engine's own, which has to be asked for before a context is made that has it. */
function findCollector(): () => void {
  setFlagsFromString('--expose-gc')
  const found: unknown = runInNewContext('gc')
  return typeof found === 'function' ? () => void found() : () => {}
}
