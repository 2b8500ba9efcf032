/** The kind of jobs that profiles describe: the tool the lane is made for. Which plugin classifies it, the registry says. */
export const DEFAULT_KIND = 'xcodebuild'

/** The backend for taking xcodebuild's place in a script: the one that has an exit status of xcodebuild's to pass on. */
export const EXIT_STATUS_BACKEND = 'xcodebuild'
