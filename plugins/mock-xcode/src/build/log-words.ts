/** Escapes a word as build logs do: a backslash before spaces and shell characters. */
export function logWord(word: string): string {
  return word.replaceAll(/[^\w@%+:,./-]/gu, (character) => (/[\p{L}\p{N}]/u.test(character) ? character : `\\${character}`))
}

/** `Verb words… (in target 'T' from project 'P')`. */
export function stepLine(verb: string, words: readonly string[], target?: {readonly name: string; readonly project: string}): string {
  const tail = target === undefined ? '' : ` (in target '${target.name}' from project '${target.project}')`
  return `${[verb, ...words.map(logWord)].join(' ')}${tail}`
}
