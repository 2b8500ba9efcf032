import type {ExplainedKey} from '../../domain/config/explain-config.ts'
import {table} from './table.ts'

/** Every key, its value, and where the value stands; what was overridden in brackets. */
export function explained(keys: readonly ExplainedKey[]): string {
  return table(
    keys.map((key) => [
      key.key,
      JSON.stringify(key.value),
      origin(key) +
        (key.overridden.length === 0
          ? ''
          : ` (over ${key.overridden.map((other) => `${JSON.stringify(other.value)} of ${origin(other)}`).join(', ')})`),
    ]),
  )
}

function origin({layer, label, file, line}: Pick<ExplainedKey, 'layer' | 'label' | 'file' | 'line'>): string {
  if (file !== null) return `${file}${line === null ? '' : `:${line}`}`
  return label === null ? layer : `${layer} ${label}`
}
