export {installMockXcode, type InstallOptions, type MockXcode} from './install/install-mock-xcode.ts'
export {sampleEdits, samplesDirectory, type SampleEdit, type SampleEdits, type SampleName} from './samples.ts'
export type {Phase, Scenario} from './scenario/scenario.ts'
