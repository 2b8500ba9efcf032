import type {RchHook} from '@rch/contract'

const classifiers: RchHook<'rch:classifier'> = async () => [
  {
    contract: 1,
    kind: 'classifier',
    id: 'xcodebuild',
    summary: 'Decides about xcodebuild command lines, deny by default.',
    load: async () => (await import('./index.ts')).createXcodebuildClassifier,
  },
]

export default classifiers
