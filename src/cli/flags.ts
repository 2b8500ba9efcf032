import * as Flags from '@oclif/core/flags'

/** Flags that every command takes. */
export const LANE_FLAGS = {
  profile: Flags.string({char: 'p', summary: 'Profile of .rch/xcode.toml to use.', env: 'RCH_PROFILE', helpGroup: 'GLOBAL'}),
  'config-dir': Flags.directory({
    summary: 'Folder with config.toml and workers.toml instead of ~/.config/rch.',
    env: 'RCH_CONFIG_DIR',
    helpGroup: 'GLOBAL',
  }),
  verbose: Flags.boolean({summary: 'Say more while it works.', helpGroup: 'GLOBAL', exclusive: ['quiet']}),
  quiet: Flags.boolean({char: 'q', summary: 'Say only what went wrong.', helpGroup: 'GLOBAL'}),
  'no-color': Flags.boolean({summary: 'Print without colours (NO_COLOR does the same).', helpGroup: 'GLOBAL'}),
}

/** Which worker an id is looked for on. */
export const WORKER_FLAG = {
  worker: Flags.string({char: 'w', summary: 'Worker to use or ask; all of them when left out.'}),
}

/** What a run can be given instead of its profile's; everything else belongs into the profile. */
const OVERRIDE_FLAGS = {
  ...WORKER_FLAG,
  action: Flags.string({
    summary: "Action instead of the profile's.",
    options: ['build', 'test', 'build-for-testing', 'test-without-building'],
  }),
  scheme: Flags.string({summary: "Scheme instead of the profile's."}),
  configuration: Flags.string({summary: "Configuration instead of the profile's."}),
  destination: Flags.string({
    summary: "Destination instead of the profile's, as xcodebuild writes it; may repeat.",
    multiple: true,
    multipleNonGreedy: true,
  }),
  xcode: Flags.string({summary: 'Xcode version or range instead of the profile\'s, such as "26.1" or ">=26 <27".'}),
  stager: Flags.string({summary: 'How the source travels.', options: ['cas', 'bundle', 'rsync']}),
  backend: Flags.string({summary: "Backend instead of the profile's."}),
  timeout: Flags.integer({summary: 'Seconds that a step may take.', min: 1, max: 86_400}),
  set: Flags.string({summary: 'Any key of the profile, as table.key=value; may repeat.', multiple: true, multipleNonGreedy: true}),
}

const DETACH = {summary: 'Print the ids and exit once the worker has accepted the job.'}
const YES = {char: 'y', summary: 'Do not ask.'} as const
const TRACE_ID = {summary: 'An id of yours that every event carries.'}

/** For commands that start a run. */
export const RUN_FLAGS = {
  ...OVERRIDE_FLAGS,
  detach: Flags.boolean(DETACH),
  yes: Flags.boolean(YES),
  'trace-id': Flags.string(TRACE_ID),
}

/** For commands that say what a run would do: its words as they stand, of which some change nothing there. */
export const PLANNED_RUN_FLAGS = {
  ...OVERRIDE_FLAGS,
  detach: Flags.boolean({...DETACH, hidden: true}),
  yes: Flags.boolean({...YES, hidden: true}),
  'trace-id': Flags.string({...TRACE_ID, hidden: true}),
}
