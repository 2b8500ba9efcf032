import type {Connection} from '@rch/contract'

/** One thing that every transport must do; `run` throws when this one does not. */
export interface TransportCheck {
  readonly name: string
  readonly run: (open: OpenFake) => Promise<void>
}

/** Opens a connection to a worker whose harness is `fakeHarnessCommand()`; the check closes it. */
export type OpenFake = () => Promise<Connection>
