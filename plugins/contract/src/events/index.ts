export type {DiagnosticEvent, FailurePlace, Interpreter, InterpreterEvent, Phase, TestCase, TestIdentity} from './payloads.ts'
