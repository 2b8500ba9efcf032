/** The kind of jobs that profiles describe: the tool the lane is made for. Which plugin classifies it, the registry says. */
export const DEFAULT_KIND = 'xcodebuild'
