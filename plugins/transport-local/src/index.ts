export {createLocalTransport} from './transport.ts'
