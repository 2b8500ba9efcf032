import {fileURLToPath} from 'node:url'

/** The folder with the sample projects `HelloApp` and `HelloKit`. */
export function samplesDirectory(): string {
  return fileURLToPath(new URL('../samples', import.meta.url))
}
