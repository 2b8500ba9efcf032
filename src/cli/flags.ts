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

/** What commands that start a run can override; everything else belongs into the profile. */
export const RUN_FLAGS = {
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
  detach: Flags.boolean({summary: 'Print the ids and exit once the worker has accepted the job.'}),
  yes: Flags.boolean({char: 'y', summary: 'Do not ask.'}),
  'trace-id': Flags.string({summary: 'An id of yours that every event carries.'}),
}
