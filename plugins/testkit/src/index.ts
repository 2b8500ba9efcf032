export {transportChecks, type OpenFake, type TransportCheck} from './transport/checks.ts'
export {transportConformance} from './transport/conformance.ts'
export {countedCalls, fakeBytes, fakeHarnessCommand, type FakeAct} from './transport/fake-harness.ts'
