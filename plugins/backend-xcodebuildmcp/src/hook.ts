import type {RchHook} from '@rch/contract'

const backends: RchHook<'rch:backend'> = async () => [
  {
    contract: 1,
    kind: 'backend',
    id: 'xcodebuildmcp',
    summary: 'Runs a job with XcodeBuildMCP from npm.',
    load: async () => (await import('./backend.ts')).createXcodebuildmcpBackend,
  },
]

export default backends
