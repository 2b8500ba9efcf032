import {fileURLToPath} from 'node:url'

export type SampleName = 'HelloApp' | 'HelloKit'

/** A change to one line of a sample, and what it brings about. */
export interface SampleEdit {
  /** Relative to the sample. */
  readonly file: string
  readonly from: string
  readonly to: string
  /** Where it shows: the test that fails, as `-only-testing` takes it, or the line of the error. */
  readonly shows: {readonly test: string} | {readonly line: number}
}

export interface SampleEdits {
  /** Makes exactly one test fail. */
  readonly failingTest: SampleEdit
  /** Breaks the build with one syntax error. */
  readonly syntaxError: SampleEdit
}

/** The folder with the sample projects `HelloApp` and `HelloKit`. */
export function samplesDirectory(): string {
  return fileURLToPath(new URL('../samples', import.meta.url))
}

/** The two switches of a sample: replace `from` by `to`, once, and back. */
export function sampleEdits(sample: SampleName): SampleEdits {
  return edits[sample]
}

const edits: Readonly<Record<SampleName, SampleEdits>> = {
  HelloApp: {
    failingTest: {
      file: 'HelloApp/Counter.swift',
      from: '? "1 hello" :',
      to: '? "1 hellos" :',
      shows: {test: 'HelloAppSwiftTests/LabelTests/singular()'},
    },
    syntaxError: {file: 'HelloApp/Counter.swift', from: '? "1 hello" :', to: '? "1 hello"', shows: {line: 20}},
  },
  HelloKit: {
    failingTest: {
      file: 'Sources/HelloKit/Greeter.swift',
      from: '"\\(greeting), \\(name)!"',
      to: '"\\(greeting) \\(name)!"',
      shows: {test: 'HelloKitTests/GreeterTests/testGreetsByName'},
    },
    syntaxError: {
      file: 'Sources/HelloKit/Greeter.swift',
      from: '"\\(greeting), \\(name)!"',
      to: '"\\(greeting), \\(name)!',
      shows: {line: 11},
    },
  },
}
