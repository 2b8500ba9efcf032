import {statSync} from 'node:fs'
import {isRchError, RchError, type EffectiveProfile} from '@rch/contract'
import {openRunOf} from '../app/find-record.ts'
import {openLane, hasLocalXcode, profileOf, type Lane} from '../app/lane.ts'
import {isErrno} from '../infra/errno.ts'
import {classifierPolicy, type EffectiveConfig, type OverrideFlags} from '../domain/config/index.ts'
import {workingDirectory} from '../infra/working-directory.ts'
import {LaneCommand} from './base-command.ts'
import {createProviders} from './providers.ts'

/** What the common flags come to. */
export interface LaneFlags {
  readonly profile?: string | undefined
  readonly 'config-dir'?: string | undefined
  readonly quiet?: boolean | undefined
}

/** A command about a repository: opens the lane where the shell stands. */
export abstract class RepositoryCommand extends LaneCommand {
  /** Throws `usage_error` for a `--config-dir` that is no folder. */
  protected async lane(flags: LaneFlags): Promise<Lane> {
    checkConfigDirectory(flags['config-dir'])
    const asked = new Set<string>()
    if (flags.quiet !== true) this.stayInTouch(() => (asked.size === 0 ? 'still at work' : `still waiting for ${[...asked].join(', ')}`))
    return openLane({
      cwd: workingDirectory(),
      env: process.env,
      configDir: flags['config-dir'] ?? null,
      providers: ({settingsOf}) => createProviders(this.config, settingsOf),
      interactive: process.stdin.isTTY && process.stderr.isTTY,
      notice: (message) => process.stderr.write(`${message}\n`),
      asking: (worker) => asked.add(worker),
    })
  }

  /** Where the worker knows how a run ended and this host does not: what brings its results home and concludes it. */
  protected tellOpenRun(lane: Lane, id: string): void {
    const open = openRunOf(lane, id)
    if (open !== null) this.log(`→ rch xcode resume ${open.slice(0, 12)}`)
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

/** Nothing is there yet on a new machine, so the variable may name a folder to come; whoever names one by the flag means one that is there. */
function checkConfigDirectory(directory: string | undefined): void {
  if (directory === undefined) return
  const refuse = (problem: string): never => {
    throw new RchError('usage_error', `--config-dir ${JSON.stringify(directory)} ${problem}.`, {
      data: {problem, path: directory},
      hint: 'Name the folder that holds config.toml and workers.toml, or leave it out to use ~/.config/rch.',
    })
  }
  try {
    if (!statSync(directory).isDirectory()) refuse('is no folder')
  } catch (error) {
    if (isRchError(error)) throw error
    if (!isErrno(error, 'ENOENT')) refuse(`cannot be used: ${error instanceof Error ? error.message : String(error)}`)
    if (directory !== process.env['RCH_CONFIG_DIR']) refuse('does not exist')
  }
}
