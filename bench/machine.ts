import {cpus, release, type} from 'node:os'
import {versionOf, type Tool} from './tools.ts'

/** One line about where figures were taken: processors, kernel, Node, and the tools that were compared with. */
export function describeMachine(tools: readonly Tool[]): string {
  const processors = cpus()
  const model = (processors[0]?.model ?? 'unknown processor').replaceAll(/\s+/g, ' ').trim()
  const versions = tools.flatMap((tool) => versionOf(tool) ?? [])
  return [
    `${processors.length} × ${model}`,
    `${type()} ${/^[\d.]+/.exec(release())?.[0] ?? release()}`,
    `node ${process.versions.node}`,
    ...versions,
  ].join(', ')
}
