export {
  ACTIONS,
  type Action,
  type Container,
  type DestinationRequest,
  type ResolvedDestination,
  type RunOptions,
  type TestSelection,
  type XcodebuildModel,
} from './model.ts'
