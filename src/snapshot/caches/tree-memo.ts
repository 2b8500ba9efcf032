import * as z from 'zod'
import {readSealed} from '../../infra/sealed-file.ts'
import type {Scan} from '../scan.ts'
import {keepSealed} from './keep-sealed.ts'

/** What the last scan of a source came to: spares checking again what is as it was. */
export interface TreeMemo {
  /** These very paths were found to be safe and distinct. */
  knowsPathsOf(scan: Scan): boolean
  /**
   * Tracked files of the work tree at `at` that had last changed before this second (since the epoch) were compared with the
   * index after it, so git can no longer miss a change of theirs; 0 = none were.
   */
  checkedBefore(at: string): number
  check(at: string, second: number): void
  save(scan: Scan): void
}

/** @param rules the key of the selection: files that it left out were not compared. */
export function openTreeMemo(file: string, rules: string): TreeMemo {
  const stored = load(file)
  const checked = new Map(stored?.rules === rules ? stored.checked : [])
  let isNew = stored === undefined
  return {
    knowsPathsOf: ({pathsKey}) => pathsKey !== null && pathsKey === stored?.pathsKey,
    checkedBefore: (at) => checked.get(at) ?? 0,
    check(at, second) {
      checked.set(at, second)
      isNew = true
    },
    save({pathsKey}) {
      if (!isNew && (pathsKey === null || pathsKey === stored?.pathsKey)) return
      const memo: z.infer<typeof Memo> = {
        version: 1,
        rules,
        checked: [...checked],
        pathsKey,
      }
      keepSealed(file, [JSON.stringify(memo)])
    },
  }
}

const Memo = z.strictObject({
  version: z.literal(1),
  rules: z.string(),
  checked: z.array(z.tuple([z.string(), z.number()])),
  pathsKey: z.string().nullable(),
})

function load(file: string): z.infer<typeof Memo> | undefined {
  try {
    return Memo.parse(JSON.parse(readSealed(file)?.toString('utf8') ?? ''))
  } catch {
    return undefined
  }
}
