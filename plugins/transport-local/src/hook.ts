import type {RchHook} from '@rch/contract'

const transports: RchHook<'rch:transport'> = async () => [
  {
    contract: 1,
    kind: 'transport',
    id: 'local',
    summary: 'Starts the harness on this machine.',
    load: async () => (await import('./transport.ts')).createLocalTransport,
  },
]

export default transports
