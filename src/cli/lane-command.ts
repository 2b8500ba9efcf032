import type {EffectiveProfile} from '@rch/contract'
import {openLane, hasLocalXcode, profileOf, type Lane} from '../app/lane.ts'
import {classifierPolicy, type EffectiveConfig, type OverrideFlags} from '../domain/config/index.ts'
import {workingDirectory} from '../infra/working-directory.ts'
import {LaneCommand} from './base-command.ts'
import {createProviders} from './providers.ts'

/** What the common flags come to. */
export interface LaneFlags {
  readonly profile?: string | undefined
  readonly 'config-dir'?: string | undefined
}

/** A command about a repository: opens the lane where the shell stands. */
export abstract class RepositoryCommand extends LaneCommand {
  protected async lane(flags: LaneFlags): Promise<Lane> {
    return openLane({
      cwd: workingDirectory(),
      env: process.env,
      configDir: flags['config-dir'] ?? null,
      providers: ({settingsOf}) => createProviders(this.config, settingsOf),
      interactive: process.stdin.isTTY && process.stderr.isTTY,
      notice: (message) => process.stderr.write(`${message}\n`),
    })
  }

  protected async effective(
    lane: Lane,
    overrides: OverrideFlags,
    profile: string | undefined,
  ): Promise<{readonly config: EffectiveConfig; readonly profile: EffectiveProfile; readonly policy: ReturnType<typeof classifierPolicy>}> {
    const config = await profileOf(lane, overrides, profile ?? null)
    for (const note of config.notes) lane.notice(`note: ${note.message}`)
    return {
      config,
      profile: config.profile,
      policy: classifierPolicy(config.profile, {repoRoot: lane.repository.root, localXcode: hasLocalXcode()}),
    }
  }
}
