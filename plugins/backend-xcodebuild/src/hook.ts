import type {RchHook} from '@rch/contract'

const backends: RchHook<'rch:backend'> = async () => [
  {
    contract: 1,
    kind: 'backend',
    id: 'xcodebuild',
    summary: "Runs a job with the toolchain's own xcodebuild.",
    load: async () => (await import('./backend.ts')).createXcodebuildBackend,
  },
]

export default backends
