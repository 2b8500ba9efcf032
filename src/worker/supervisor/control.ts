import {readIfThere, writeFileAtomic} from '../../infra/files.ts'
import type {ProcessIdentity} from '../../infra/process-identity.ts'

/** Who runs a job, for whoever finds the job later. A process is recorded so that a later one with its number is not taken for it. */
export interface Control {
  readonly job_id: string
  readonly supervisor: ProcessIdentity
  /** Leaders of the backend's process groups, oldest first. */
  readonly backends: readonly ProcessIdentity[]
  /** Devices that were made for this job and must not outlive it. */
  readonly created_simulators: readonly {readonly udid: string; readonly developer_dir: string}[]
}

export function writeControl(file: string, control: Control): void {
  writeFileAtomic(file, `${JSON.stringify(control)}\n`)
}

/** Our own file; `undefined` when it was never written. */
export function readControl(file: string): Control | undefined {
  const bytes = readIfThere(file)
  if (bytes === undefined) return undefined
  const value: Control = JSON.parse(bytes.toString())
  return value
}
