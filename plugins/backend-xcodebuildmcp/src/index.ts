export {createXcodebuildmcpBackend} from './backend.ts'
export {concludeCall} from './conclude.ts'
export {installedTool, type InstalledTool} from './installed-tool.ts'
export {planInvocations} from './plan.ts'
