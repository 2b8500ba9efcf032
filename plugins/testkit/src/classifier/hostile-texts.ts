/** Texts that nobody means as a command, around each of the words that make a classifier look. */
export function hostileTexts(triggers: readonly string[]): readonly string[] {
  const random = pseudoRandom(20_26)
  return triggers.flatMap((trigger) => [
    '',
    trigger,
    ` ${trigger} `,
    `${trigger}\u0000`,
    `${trigger} \ud800`,
    `${trigger} \u202e\u2066`,
    `${trigger} ${'a'.repeat(200_000)}`,
    `${trigger} ${'-'.repeat(5000)}`,
    `${trigger} ${'('.repeat(5000)}`,
    `${trigger} ${"'".repeat(5001)}`,
    `${trigger} ${'\\'.repeat(5001)}`,
    `${trigger} ${'-a '.repeat(20_000)}`,
    `${`${trigger} && `.repeat(200)}${trigger}`,
    `${trigger} __proto__ constructor toString`,
    `${trigger} -__proto__ x -constructor y`,
    `echo "${trigger}" <<EOF\n${trigger}\nEOF\n`,
    ...Array.from({length: 300}, () => `${trigger} ${noise(random, 40)}`),
    ...Array.from({length: 100}, () => `${noise(random, 10)}${trigger}${noise(random, 10)}`),
  ])
}

/** The words with one of them lost, doubled, swapped with the next, emptied, or made strange. */
export function mutantsOf(words: readonly string[]): readonly (readonly string[])[] {
  return words.flatMap((word, at) => {
    const before = words.slice(0, at)
    const after = words.slice(at + 1)
    const [next, ...rest] = after
    return [
      [...before, ...after],
      [...before, word, word, ...after],
      ...(next === undefined ? [] : [[...before, next, word, ...rest]]),
      [...before, '', ...after],
      [...before, `-${word}`, ...after],
      [...before, `${word}\n`, ...after],
      [...before, `../${word}`, ...after],
    ]
  })
}

const ALPHABET = Array.from(' \t\n-=$`"\'\\|&;<>(){}[]*?!#~%^,./:@+abcXYZ019éß\u0000\u001b\u202e\u{1f600}')

function noise(random: () => number, most: number): string {
  return Array.from({length: Math.floor(random() * most)}, () => ALPHABET[Math.floor(random() * ALPHABET.length)]).join('')
}

/** The same sequence every time (mulberry32), so that a failure comes back. */
function pseudoRandom(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}
