import type {RequestStream} from '@rch/contract'
import type {Role} from '@rch/contract/protocol'
import type {WorkerConfig} from './config.ts'
import {layoutOf, type Layout} from './layout.ts'
import {openDatabase, type Database} from './state/database.ts'

/** What every verb works with. One per process; the database is opened when first asked for. */
export interface WorkerContext {
  readonly config: WorkerConfig
  readonly layout: Layout
  readonly db: Database
  readonly owner: string
  readonly role: Role
}

export function createContext(config: WorkerConfig, caller: {readonly owner: string; readonly role: Role}): WorkerContext {
  const layout = layoutOf(config)
  let db: Database | undefined
  return {
    config,
    layout,
    ...caller,
    get db() {
      db ??= openDatabase(layout.stateDb)
      return db
    },
  }
}

/** One request as a verb sees it. */
export interface VerbRequest {
  readonly payload: Readonly<Record<string, unknown>>
  readonly body: Uint8Array | null
  /** What the payload says of the bytes. */
  readonly stream: RequestStream | null
  readonly protocolVersion: number
  /** Writes an event line before the response. */
  readonly emit: (event: Readonly<Record<string, unknown>> | string) => Promise<void>
  /** Writes raw log bytes. */
  readonly log: (bytes: Uint8Array) => Promise<void>
  /** Aborted when the caller is gone. */
  readonly signal: AbortSignal
}

export interface VerbAnswer {
  readonly payload: Readonly<Record<string, unknown>>
  readonly body?: {
    readonly format: 'bitmap' | 'blobs' | 'tar' | 'log' | 'manifest'
    readonly compression?: 'none' | 'zstd'
    readonly bytes: Uint8Array
  }
}

export type VerbHandler = (context: WorkerContext, request: VerbRequest) => Promise<VerbAnswer>
