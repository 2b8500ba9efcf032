import {RchError, type EffectiveProfile} from '@rch/contract'

/**
 * Whether the worker's engine will take the profile's patterns: asked here, before anything is staged. Throws `config_invalid`
 * for the first that it will not.
 */
export async function checkPatterns({redaction: {enabled, patterns}}: Pick<EffectiveProfile, 'redaction'>): Promise<void> {
  if (!enabled || patterns.length === 0) return
  const {RE2JS} = await import('re2js')
  for (const [index, pattern] of patterns.entries()) {
    try {
      RE2JS.compile(pattern, RE2JS.MULTILINE)
    } catch (error) {
      const key = `redaction.patterns[${index}]`
      throw new RchError('config_invalid', `${key} ${JSON.stringify(pattern)} is no pattern of RE2`, {
        data: {key, value: pattern, problem: error instanceof Error ? error.message : String(error)},
        hint: 'Write it without look-around and back references: https://github.com/google/re2/wiki/Syntax.',
        cause: error,
      })
    }
  }
}
