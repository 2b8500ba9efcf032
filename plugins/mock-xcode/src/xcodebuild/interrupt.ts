import type {Session} from './session.ts'
import {verdict} from './verdict.ts'

const interrupted = 75

/** SIGINT ends the session in good order: a verdict, a bundle of what was done, and 75. */
export function onInterrupt(session: Session): {release(): void} {
  const stop = (): void => {
    const tests = session.action.startsWith('test')
    session.print(`\n${tests ? 'Testing failed:\n\tTesting was canceled.\n\n' : ''}${verdict(session.action, 'INTERRUPTED')}\n`)
    const status = session.finish(interrupted, 'interrupted')
    void session.context.output.drained().then(() => process.exit(status))
  }
  process.once('SIGINT', stop)
  return {release: () => void process.off('SIGINT', stop)}
}
