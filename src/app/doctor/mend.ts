import {chmodSync, lstatSync} from 'node:fs'

/** Who may do what with a file of the user's: the one thing that can be put right without asking. */
export interface ModeRepair {
  readonly path: string
  readonly mode: number
}

export interface Mended {
  readonly path: string
  readonly from: string
  readonly to: string
  /** Why it stays as it was; `null` when it was mended. */
  readonly problem: string | null
}

/** Sets the modes, each path once. Links are left alone: what they lead to may be somebody else's. */
export function mendModes(repairs: readonly ModeRepair[]): readonly Mended[] {
  return [...new Map(repairs.map((repair) => [repair.path, repair])).values()].map(({path, mode}) => {
    const to = mode.toString(8)
    let from = '?'
    try {
      const found = lstatSync(path)
      from = (found.mode & 0o777).toString(8)
      if (found.isSymbolicLink()) return {path, from, to, problem: 'it is a link'}
      chmodSync(path, mode)
      return {path, from, to, problem: null}
    } catch (error) {
      return {path, from, to, problem: error instanceof Error ? error.message : String(error)}
    }
  })
}
