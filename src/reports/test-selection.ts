import type {TestIdentity} from '@rch/contract/events'

/** What `-only-testing:` takes to run just this test; null when no line named its target, so that nobody could find it. */
export function onlyTesting(test: TestIdentity): string | null {
  return test.target === null || !test.id.includes('/') ? null : test.id
}

/** A word that a POSIX shell reads as it is. */
export function shellWord(text: string): string {
  return /^[\w@%+=:,./-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`
}
