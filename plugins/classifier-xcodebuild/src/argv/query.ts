import type {ClassifierErrorCode} from '@rch/contract/kinds/xcodebuild'
import type {Statement} from './read.ts'

export interface Query {
  /** The index of the word that asks. */
  readonly index: number
  readonly roles: ReadonlyMap<number, 'query' | 'kept'>
}

/** A command that asks Xcode something and changes nothing; whatever else it says belongs to the question. */
export function findQuery(statements: readonly Statement[]): Query | null {
  const asking = statements.find((one) => one.kind === 'option' && one.row.policy === 'query')
  if (asking === undefined || statements.some(isMoreThanAQuestion)) return null
  const roles = new Map<number, 'query' | 'kept'>()
  for (const statement of statements) {
    const role = statement.kind === 'option' && statement.row.policy === 'query' ? 'query' : 'kept'
    roles.set(statement.index, role)
    if (statement.kind === 'option' && statement.valueIndex !== null) roles.set(statement.valueIndex, role)
  }
  return {index: asking.index, roles}
}

function isMoreThanAQuestion(statement: Statement): boolean {
  if (statement.kind === 'refused') return !HARMLESS.has(statement.code)
  return statement.kind === 'option' && statement.row.code !== undefined && CHANGES_A_MAC.has(statement.row.code)
}

/** `-version -sdk macosx Path` has a word of its own, and actions only choose what is shown. */
const HARMLESS: ReadonlySet<ClassifierErrorCode> = new Set<ClassifierErrorCode>([
  'action_unknown',
  'action_refused',
  'user_default_refused',
])

const CHANGES_A_MAC: ReadonlySet<ClassifierErrorCode> = new Set<ClassifierErrorCode>([
  'first_launch_refused',
  'components_refused',
  'export_refused',
  'localization_refused',
  'xcframework_refused',
  'device_support_refused',
  'resolve_packages_refused',
])
