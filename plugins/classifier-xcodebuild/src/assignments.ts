import type {ClassifierPolicy} from '@rch/contract'
import {isNeverVariable} from '@rch/contract/kinds/xcodebuild'

/** Whether `NAME=value` may stand in front of the command. */
export function isHarmlessAssignment(name: string, value: string, policy: ClassifierPolicy): boolean {
  if (name === 'DEVELOPER_DIR') return policy.developer_dir !== null && appOf(value) === appOf(policy.developer_dir)
  return name === 'NSUnbufferedIO' || name === 'CI' || (policy.env_allow.includes(name) && !NEVER_ENV.test(name) && !isNeverVariable(name))
}

/** Xcode is named by its application or by the folder of tools in it. */
function appOf(path: string): string {
  return path.replace(/\/$/, '').replace(/(\.app)\/Contents\/Developer$/, '$1')
}

/** Variables that load code or choose tools; no list allows them. xcodebuild also takes variables as build settings. */
const NEVER_ENV =
  /^(?:DYLD_.*|TEST_RUNNER_.*|SIMCTL_CHILD_.*|GIT_.*|SSH_.*|PYTHON.*|CLANG_.*|SWIFT_.*|TOOLCHAINS|DEVELOPER_DIR|XCODE_XCCONFIG_FILE|XCBBUILDSERVICE_PATH|SWBBUILDSERVICE_PATH|NODE_OPTIONS|RUBYOPT|BASH\w*|ZSH\w*|SHELLOPTS|ENV|ZDOTDIR|E?UID|PPID|PATH|HOME|IFS)$/i
