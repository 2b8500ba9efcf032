export {createXcodebuildBackend} from './backend.ts'
export {planInvocation} from './plan.ts'
