import type {SwiftToken} from './swift-tokens.ts'

/** `let name[: Type] = value` and `var …` anywhere in the file: name → index of the value's first token. */
export function readBindings(tokens: readonly SwiftToken[]): ReadonlyMap<string, number> {
  const bindings = new Map<string, number>()
  for (const [index, token] of tokens.entries()) {
    if (token.kind !== 'identifier' || (token.value !== 'let' && token.value !== 'var')) continue
    const name = tokens[index + 1]
    if (name?.kind !== 'identifier') continue
    let at = index + 2
    if (tokens[at]?.value === ':') while (at < tokens.length && tokens[at]?.value !== '=' && tokens[at]?.value !== '{') at += 1
    if (tokens[at]?.value === '=' && !bindings.has(name.value)) bindings.set(name.value, at + 1)
  }
  return bindings
}
