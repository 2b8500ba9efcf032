export interface Import {
  readonly from: string
  /** `type` vanishes when compiled, `dynamic` is loaded later. */
  readonly kind: 'static' | 'type' | 'dynamic'
}

/** What a module of ours imports. Reads the forms that this code base uses; comments and strings do not begin like them. */
export function importsOf(text: string): readonly Import[] {
  const found: Import[] = []
  for (const [, clause = '', from = ''] of text.matchAll(/^(?:import|export)\s+((?:type\s+)?(?:[^'";]*?)\s+from\s+)?'([^']+)'/gm)) {
    found.push({from, kind: isTypeOnly(clause) ? 'type' : 'static'})
  }
  for (const [, from = ''] of text.matchAll(/\bimport\('([^']+)'\)/g)) found.push({from, kind: 'dynamic'})
  return found
}

function isTypeOnly(clause: string): boolean {
  if (/^type\s/.test(clause)) return true
  const names = /^\{([^}]*)\}/.exec(clause)?.[1]
  return names !== undefined && names.split(',').every((name) => name.trim() === '' || name.trim().startsWith('type '))
}
