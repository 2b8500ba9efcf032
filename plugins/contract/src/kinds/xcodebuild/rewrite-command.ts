import type {Decision} from '../../providers.ts'

/**
 * The shell string that runs an accepted command through the lane: in place when something around it stays, else instead of the
 * whole string. Offsets are the decision's own.
 * @param program how to start `rch`, as shell text
 * @returns `null` unless the decision accepts a shell string
 */
export function rewriteCommand(text: string, {verdict, command, splice}: Decision, program = 'rch'): string | null {
  if (verdict !== 'accept' || command === null) return null
  const words = text.slice(command.start, command.end)
  if (splice === null) return `${program} xcode run -- ${words}`
  return `${text.slice(0, splice.start)}${program} xcode run --drop-in -- ${words}${text.slice(splice.end)}`
}
