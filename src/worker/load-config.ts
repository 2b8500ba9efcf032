export {loadWorkerConfig} from './read-worker-toml.ts'
