import {join} from 'node:path'
import type {BackendJob, BackendPaths, Invocation} from '@rch/contract'
import {pinnedDestination, signingSettings} from '@rch/contract/kinds/xcodebuild'

/**
 * The one process of a job. Its words are the job's resolved argv, with each destination pinned to the device that was chosen
 * for it, plus what only the worker decides: output paths and signing.
 */
export function planInvocation(job: BackendJob, paths: BackendPaths): Invocation {
  const [, ...words] = job.resolved_argv
  const options = pinDestinations(words.slice(0, -1), job.destinations)
  const owned = ['-derivedDataPath', paths.derived_data, '-resultBundlePath', paths.result_bundle]
  if (paths.cloned_packages !== null) owned.push('-clonedSourcePackagesDirPath', paths.cloned_packages)
  const {container} = job.model
  return {
    argv: [
      join(job.toolchain.developer_dir, 'usr/bin/xcodebuild'),
      ...options,
      ...owned,
      ...signingSettings(job, words),
      ...words.slice(-1),
    ],
    cwd: container.type === 'package' ? join(paths.source, container.path) : paths.source,
    env: job.env,
  }
}

function pinDestinations(words: readonly string[], destinations: BackendJob['destinations']): string[] {
  let next = 0
  return words.map((word, index) => {
    if (words[index - 1] !== '-destination') return word
    const destination = destinations[next++]
    return (destination === undefined ? null : pinnedDestination(destination)) ?? word
  })
}
