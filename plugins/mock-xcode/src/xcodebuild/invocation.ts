import {type Action, actionWords, repeatableOptions, switchOptions, valueOptions} from './options.ts'

/** A command line of xcodebuild, taken apart. */
export interface Invocation {
  readonly words: readonly string[]
  readonly actions: readonly Action[]
  readonly settings: Readonly<Record<string, string>>
  readonly userDefaults: Readonly<Record<string, string>>
  has(option: string): boolean
  /** The value of an option that may be given once. */
  value(option: string): string | undefined
  values(option: string): readonly string[]
}

/** What xcodebuild refuses before it looks at any project. */
export interface UsageFault {
  readonly message: string
}

export function readInvocation(words: readonly string[]): Invocation | UsageFault {
  const options = new Map<string, string[]>()
  const actions: Action[] = []
  const settings: Record<string, string> = {}
  const userDefaults: Record<string, string> = {}
  const give = (option: string, value: string): void => void options.set(option, [...(options.get(option) ?? []), value])
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? ''
    const joined = /^(-only-testing|-skip-testing|-only-test-configuration|-skip-test-configuration):(.*)$/s.exec(word)
    const setting = /^([A-Za-z_]\w*(?:\[[^=\]]*=[^\]]*\])*)=(.*)$/s.exec(word)
    const action = actionWords.find((name) => name === word)
    if (joined !== null) give(joined[1] ?? '', joined[2] ?? '')
    else if (valueOptions.has(word)) {
      const optional = word === '-sdk' && options.has('-version')
      const value = words[at + 1]
      if (value === undefined) {
        if (optional) continue
        return {message: `option '${word}' requires an argument`}
      }
      if (optional && (value.startsWith('-') || options.has(word))) continue
      if (options.has(word) && !repeatableOptions.has(word)) return {message: `option '${word}' may only be provided once`}
      at += 1
      give(word, value)
    } else if (switchOptions.has(word)) {
      give(word, '')
      if (word === '-license' && /^(?:accept|check)$/.test(words[at + 1] ?? '')) at += 1
    } else if (word === '-dry-run' || word === '-n') return {message: `option '-dry-run' is no longer supported`}
    else if (/^-\w[^=]*=/.test(word)) {
      const equals = word.indexOf('=')
      userDefaults[word.slice(1, equals)] = word.slice(equals + 1)
    } else if (word.startsWith('-')) return {message: `invalid option '${word}'`}
    else if (setting !== null) settings[setting[1] ?? ''] = setting[2] ?? ''
    else if (action !== undefined) actions.push(action)
    else return {message: `Unknown build action '${word}'.`}
  }
  return {
    words,
    actions,
    settings,
    userDefaults,
    has: (option) => options.has(option),
    value: (option) => options.get(option)?.at(-1),
    values: (option) => options.get(option) ?? [],
  }
}
