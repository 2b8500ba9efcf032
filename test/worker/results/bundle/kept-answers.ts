import {readFileSync} from 'node:fs'
import {join} from 'node:path'
import {sharedData} from '../../../support/shared-data.ts'

/** An answer of the real tool, and what is known of it. */
export interface Sample {
  readonly file: string
  readonly command: string
  readonly expect: Readonly<Record<string, unknown>> & {
    readonly results?: Readonly<Record<string, number>>
    readonly failed?: readonly string[]
  }
}

/** Where real answers are kept; `null` where they are not. */
export const folder = sharedData === undefined ? null : join(sharedData, 'xcresulttool')

export const samples: readonly Sample[] =
  folder === null
    ? []
    : readFileSync(join(folder, 'index.jsonl'), 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line))

/** What a kept file holds. */
export const json = (file: string): unknown => JSON.parse(readFileSync(join(folder ?? '', file), 'utf8'))

/** The kept answers to a question. */
export const sampled = (kind: string): readonly Sample[] => samples.filter(({command}) => command.includes(kind))
