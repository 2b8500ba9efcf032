import type {RchHook} from '@rch/contract'

const transports: RchHook<'rch:transport'> = async () => [
  {
    contract: 1,
    kind: 'transport',
    id: 'ssh',
    summary: 'Reaches the harness on another machine over SSH.',
    load: async () => (await import('./transport.ts')).createSshTransport,
  },
]

export default transports
