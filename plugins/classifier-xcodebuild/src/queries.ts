const ANSWERS: Readonly<Record<string, string>> = {
  '-version': 'rch xcode capabilities',
  '-showsdks': 'rch xcode capabilities',
  '-showdestinations': 'rch xcode destinations',
  '-showBuildSettings': 'rch xcode plan --explain-config',
  '-showBuildSettingsForIndex': 'rch xcode plan --explain-config',
  '-list': 'rch xcode init',
  '-showTestPlans': 'rch xcode init',
  '-checkFirstLaunchStatus': 'rch xcode doctor',
  '-showComponent': 'rch xcode capabilities',
}

/** The command of ours that answers what an option asks Xcode. */
export function answeringCommand(option: string): string {
  return ANSWERS[option] ?? 'rch xcode --help'
}
