export {createInterpreter, type InterpreterOptions} from './create-interpreter.ts'
export {createSummarizer, summarize} from './summarize.ts'
