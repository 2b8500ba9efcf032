import type {Action} from './options.ts'

const names: Readonly<Record<Action, string>> = {
  build: 'BUILD',
  'build-for-testing': 'TEST BUILD',
  analyze: 'ANALYZE',
  archive: 'ARCHIVE',
  test: 'TEST',
  'test-without-building': 'TEST EXECUTE',
  docbuild: 'BUILD DOCUMENTATION',
  installsrc: 'INSTALLSRC',
  install: 'INSTALL',
  installhdrs: 'INSTALLHDRS',
  clean: 'CLEAN',
}

/** `** BUILD SUCCEEDED **`. */
export function verdict(action: Action, word: 'SUCCEEDED' | 'FAILED' | 'INTERRUPTED'): string {
  return `** ${names[action]} ${word} **\n`
}
