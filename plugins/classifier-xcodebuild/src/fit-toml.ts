import type {EffectiveProfile} from '@rch/contract'

export type Fitted = Pick<
  EffectiveProfile,
  | 'workspace'
  | 'project'
  | 'package'
  | 'scheme'
  | 'schemes'
  | 'configuration'
  | 'configurations'
  | 'sdk'
  | 'destinations'
  | 'xcode_test'
  | 'classifier'
> &
  Partial<Pick<EffectiveProfile, 'action'>>

/** A fitted profile as `.rch/xcode.toml` holds it. */
export function writeToml(profile: Fitted): string {
  const lines: string[] = []
  const add = (key: string, value: string | boolean | null): void => {
    if (value !== null && value !== false) lines.push(`${key} = ${typeof value === 'string' ? tomlString(value) : 'true'}`)
  }
  add('action', profile.action ?? null)
  add('workspace', profile.workspace)
  add('project', profile.project)
  add('package', profile.package)
  add('scheme', profile.scheme)
  add('configuration', profile.configuration)
  add('sdk', profile.sdk)
  for (const {platform, generic, name, os, arch, variant} of profile.destinations) {
    lines.push('', '[[destinations]]')
    add('platform', platform)
    add('generic', generic)
    add('name', name)
    add('os', os)
    add('arch', arch)
    add('variant', variant)
  }
  if (profile.xcode_test.test_plan !== null) {
    lines.push('', '[xcode_test]')
    add('test_plan', profile.xcode_test.test_plan)
  }
  if (profile.classifier.drop_owned_paths) {
    lines.push('', '[classifier]')
    add('drop_owned_paths', true)
  }
  return `${lines.join('\n')}\n`
}

/** A TOML basic string; JSON's escapes are a subset of TOML's. */
function tomlString(value: string): string {
  return JSON.stringify(value)
}
