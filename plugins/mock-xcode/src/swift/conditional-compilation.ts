import type {SourceText} from './source-text.ts'
import type {Token} from './token.ts'

/** Answers one condition of `#if`: `os(iOS)`, `DEBUG`, `canImport(UIKit)`. */
export type ConditionOracle = (name: string, argument: string | undefined) => boolean

interface Block {
  readonly opening: Token
  taken: boolean
  active: boolean
  sawElse: boolean
  readonly outerActive: boolean
}

/** Keeps the tokens of the active branches and reports faults of the `#if` structure. Conditions count up to the end of their line. */
export function activeTokens(source: SourceText, tokens: readonly Token[], holds: ConditionOracle): readonly Token[] {
  const kept: Token[] = []
  const blocks: Block[] = []
  for (let index = 0; index < tokens.length; index += 1) {
    const token = tokens[index]
    if (token === undefined) break
    const active = blocks.at(-1)?.active ?? true
    const block = blocks.at(-1)
    switch (token.kind === 'directive' ? token.text : '') {
      case '#if': {
        const condition = lineAfter(tokens, index)
        if (condition.length === 0) source.report(token.end, 'incomplete condition in conditional compilation directive')
        const value = active && evaluate(condition, holds)
        blocks.push({opening: token, taken: value, active: value, sawElse: false, outerActive: active})
        index += condition.length
        break
      }
      case '#elseif': {
        const condition = lineAfter(tokens, index)
        if (block === undefined) source.report(token.start, 'unexpected conditional compilation block terminator')
        else if (block.sawElse) source.report(token.start, 'further conditions after #else are unreachable')
        else {
          block.active = block.outerActive && !block.taken && evaluate(condition, holds)
          block.taken ||= block.active
        }
        index += condition.length
        break
      }
      case '#else':
        if (block === undefined) source.report(token.start, 'unexpected conditional compilation block terminator')
        else if (block.sawElse) source.report(token.start, 'further conditions after #else are unreachable')
        else {
          block.sawElse = true
          block.active = block.outerActive && !block.taken
        }
        break
      case '#endif':
        if (block === undefined) source.report(token.start, 'unexpected conditional compilation block terminator')
        else blocks.pop()
        break
      default:
        if (active || token.kind === 'end') kept.push(token)
    }
  }
  const open = blocks[0]
  const end = tokens.at(-1)
  if (open !== undefined && end !== undefined) source.report(end.start, 'expected #else or #endif at end of conditional compilation block')
  return kept
}

function lineAfter(tokens: readonly Token[], index: number): readonly Token[] {
  let end = index + 1
  while (tokens[end] !== undefined && !tokens[end]?.newline && tokens[end]?.kind !== 'end') end += 1
  return tokens.slice(index + 1, end)
}

function evaluate(tokens: readonly Token[], holds: ConditionOracle): boolean {
  let at = 0
  const or = (): boolean => {
    let value = and()
    while (tokens[at]?.text === '||') {
      at += 1
      const right = and()
      value = value || right
    }
    return value
  }
  const and = (): boolean => {
    let value = unary()
    while (tokens[at]?.text === '&&') {
      at += 1
      const right = unary()
      value = value && right
    }
    return value
  }
  const unary = (): boolean => {
    const token = tokens[at]
    at += 1
    if (token === undefined) return false
    if (token.text === '!') return !unary()
    if (token.text === '(') {
      const value = or()
      at += 1
      return value
    }
    if (tokens[at]?.text !== '(') return holds(token.text, undefined)
    const from = at + 1
    let depth = 0
    for (; at < tokens.length; at += 1) {
      if (tokens[at]?.text === '(') depth += 1
      if (tokens[at]?.text === ')') depth -= 1
      if (depth === 0) break
    }
    const argument = tokens.slice(from, at).map(({text}) => text)
    at += 1
    return holds(token.text, argument.join(''))
  }
  return or()
}
