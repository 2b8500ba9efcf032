import {toJson} from './check-value.ts'
import type {Origin, OriginLayer} from './layer.ts'
import {locator, type Locator} from './locate.ts'
import type {EffectiveConfig} from './resolve.ts'
import type {ConfigFile} from './toml-file.ts'

export interface ExplainedOrigin {
  readonly layer: OriginLayer
  /** The flag or rule; `null` for a file or a built-in default. */
  readonly label: string | null
  readonly file: string | null
  readonly line: number | null
}

export interface ExplainedKey extends ExplainedOrigin {
  readonly key: string
  readonly value: unknown
  /** What else was given for the key, strongest first. */
  readonly overridden: readonly (ExplainedOrigin & {readonly value: unknown})[]
}

/** Every key of the effective configuration with the origin of its value, for `plan --explain-config`. */
export function explainConfig(config: EffectiveConfig, files: readonly (ConfigFile | null)[]): readonly ExplainedKey[] {
  const locators = new Map<string, Locator>()
  for (const file of files) if (file !== null) locators.set(file.path, locator(new TextDecoder().decode(file.bytes)))
  const explain = ({layer, label, place}: Origin): ExplainedOrigin => ({
    layer,
    label,
    file: place?.file ?? null,
    line: place === null ? null : (locators.get(place.file)?.(place.path) ?? null),
  })
  return [...config.keys].map(([key, decided]) => ({
    key,
    value: toJson(decided.value),
    ...explain(decided.origin),
    overridden: decided.overridden.toReversed().map((entry) => ({value: toJson(entry.value), ...explain(entry.origin)})),
  }))
}
