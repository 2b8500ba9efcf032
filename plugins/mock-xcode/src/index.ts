export {installMockXcode, type InstallOptions, type MockXcode} from './install/install-mock-xcode.ts'
export {samplesDirectory} from './samples.ts'
