import type {EffectiveProfile} from '@rch/contract'
import type {Container} from '@rch/contract/kinds/xcodebuild'

/** What a profile builds. */
export function containerOf({
  workspace,
  project,
  package: folder,
}: Pick<EffectiveProfile, 'workspace' | 'project' | 'package'>): Container | null {
  if (workspace !== null) return {type: 'workspace', path: workspace}
  if (project !== null) return {type: 'project', path: project}
  return folder === null ? null : {type: 'package', path: folder}
}
