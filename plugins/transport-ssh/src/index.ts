export {createSshTransport} from './transport.ts'
