import {isNeverVariable} from '@rch/contract/kinds/xcodebuild'

/**
 * Variables that choose programs, load code or change where tools look, and those that the executor sets itself. No host and no
 * repository can have them forwarded; nor those that Xcode would read as a build setting which nothing allows.
 */
const NEVER =
  /^(DYLD_.*|LD_.*|XCBBUILDSERVICE_PATH|SWBBUILDSERVICE_PATH|XCODE_XCCONFIG_FILE|TEST_RUNNER_.*|SIMCTL_CHILD_.*|GIT_.*|SSH_.*|NODE_OPTIONS|PYTHON.*|RUBY(OPT|LIB)|PERL5?(OPT|LIB)|BASH_ENV|BASH_FUNC_.*|ENV|ZDOTDIR|SHELLOPTS|BASHOPTS|PS4|IFS|CLANG_.*|SWIFT_.*|TOOLCHAINS|SDKROOT|DEVELOPER_DIR|PATH|HOME|USER|LOGNAME|TMPDIR|SHELL|NSUnbufferedIO|RCH_.*)$/i

/** What is wrong with a name in `env.allow`, or `null`. */
export function environmentNameProblem(name: string): string | null {
  if (isEnvironmentGlob(name)) return 'is a pattern; each variable must be named'
  if (!/^[A-Za-z_][A-Za-z0-9_]{0,254}$/.test(name)) return 'is not the name of an environment variable'
  return NEVER.test(name) || isNeverVariable(name) ? 'can change which code runs, or is set by the worker: it is never forwarded' : null
}

export function isEnvironmentGlob(name: string): boolean {
  return /[*?[\]{}]/.test(name)
}
