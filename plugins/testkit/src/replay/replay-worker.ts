import {programOf} from '../program.ts'

/**
 * Program and words of a harness that answers from a transcript. What it has answered it notes beside it (`<file>.used`), so that
 * the processes of one worker share it.
 */
export function replayWorkerCommand(transcript: string): readonly string[] {
  return [...programOf(import.meta.url, './replay-worker-main'), `--transcript=${transcript}`]
}
