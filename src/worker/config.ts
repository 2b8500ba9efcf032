/** What a worker's operator decides, defaults filled in, paths absolute. */
export type {WorkerSettings as WorkerConfig} from '../domain/config/worker-config.ts'
