import type {RequestStream, WireError} from '../providers.ts'

/** The line of a request, checked. `payload` is the verb's own and still unchecked, except for its `stream`. */
export interface RequestMessage {
  readonly protocol_version: number
  readonly op: string
  readonly request_id: string
  readonly payload: Readonly<Record<string, unknown>>
  /** `payload.stream`, checked; `null` when no bytes follow. */
  readonly stream: RequestStream | null
}

/** The last line of an answer, checked. */
export type ResponseMessage =
  | {
      readonly ok: true
      readonly protocol_version: number
      readonly request_id: string
      readonly payload: Readonly<Record<string, unknown>>
      /** `payload.stream`, checked; `null` when no bytes follow. */
      readonly stream: RequestStream | null
    }
  | {
      readonly ok: false
      readonly protocol_version: number
      /** `null` when the worker could not read which request it refuses. */
      readonly request_id: string | null
      readonly error: WireError
    }

/** An event line: any object with a `type` and without `ok`. */
export type EventMessage = Readonly<Record<string, unknown>>
