export type {ChannelEnd, ChannelSource, HarnessChannel} from './channel.ts'
export {childChannel} from './child-channel.ts'
export {connectionOver, type ConnectionOptions} from './connection.ts'
export {endedWithoutAnswer, unanswered, type UnansweredFacts} from './unanswered.ts'
