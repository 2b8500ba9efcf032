import type {ErrorRow} from '../kinds.ts'

/** What the caller can put right: configuration, names, arguments. Exit 2; `internal_error` is a bug of ours. */
export const USAGE_ERRORS = {
  config_invalid: {
    kind: 'USAGE',
    message: '{file}: {problem}',
    hint: 'Correct the file and run `rch xcode plan --explain-config`.',
    since: '0.1.0',
  },
  config_loosens_policy: {
    kind: 'USAGE',
    message: "{key}: the repository asks for {repository}, which is looser than the host's {host}.",
    hint: 'Remove the key from .rch/xcode.toml, or set [repos."<origin>"] trust = "full" on this host.',
    since: '0.1.0',
  },
  project_unreadable: {
    kind: 'USAGE',
    message: '{what}: {problem}',
    hint: 'Open the file in Xcode, or restore it from version control, and try again.',
    since: '0.1.0',
  },
  nothing_to_build: {
    kind: 'USAGE',
    message: 'There is no workspace, project or Package.swift here.',
    hint: 'Run `rch xcode init` in the repository of an Xcode project or a Swift package.',
    since: '0.1.0',
  },
  profile_required: {
    kind: 'USAGE',
    message: 'No profile was named and the file has no default.',
    hint: 'Pass --profile with one of: {profiles}.',
    since: '0.1.0',
  },
  provider_not_found: {
    kind: 'USAGE',
    message: 'No installed plugin provides the {kind} "{id}".',
    hint: 'Run `rch plugins` to see what is installed, or `rch plugins install` the package that provides it.',
    since: '0.1.0',
  },
  provider_conflict: {
    kind: 'USAGE',
    message: 'The {kind} "{id}" is announced by {plugins}.',
    hint: 'Uninstall one of them with `rch plugins uninstall`.',
    since: '0.1.0',
  },
  provider_contract_unsupported: {
    kind: 'USAGE',
    message: 'The {kind} "{id}" speaks provider contract {got}; this release speaks {expected}.',
    hint: 'Install a version of {plugin} that matches this release.',
    since: '0.1.0',
  },
  provider_failed: {
    kind: 'USAGE',
    message: 'The plugin {plugin} failed while it was asked for its providers: {problem}',
    hint: 'Run `rch xcode doctor`, then update or uninstall the plugin.',
    since: '0.1.0',
  },
  job_not_found: {
    kind: 'USAGE',
    message: 'No job {id} is known here.',
    hint: 'Run `rch xcode runs --all` to list what is known.',
    since: '0.1.0',
  },
  run_not_found: {
    kind: 'USAGE',
    message: 'No run {id} is known here.',
    hint: 'Run `rch xcode runs --all` to list what is known.',
    since: '0.1.0',
  },
  usage_error: {
    kind: 'USAGE',
    message: '{problem}',
    hint: 'Run the command with --help.',
    since: '0.1.0',
  },
  object_store_encryption_required: {
    kind: 'USAGE',
    message: 'artifacts.object_store.encryption must be named.',
    hint: "Set artifacts.object_store.encryption in the host's config.toml.",
    since: '0.1.0',
  },
  env_missing: {
    kind: 'USAGE',
    message: 'env.allow names {names}, which this shell does not set, and env.strict is on.',
    hint: 'Export the variables or take them out of env.allow.',
    since: '0.1.0',
  },
  internal_error: {
    kind: 'INTERNAL',
    wire: 'INTERNAL',
    message: 'Unexpected failure.',
    hint: 'This is a bug: please report it with the output of `rch xcode doctor --json`.',
    since: '0.1.0',
  },
} as const satisfies Record<string, ErrorRow>
