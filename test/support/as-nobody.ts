import {execFileSync, spawn} from 'node:child_process'
import {followed} from './lab-tools.ts'
import {RCH, type Lab, type Ran} from './lab.ts'

const NOBODY = 65534

/**
 * Lets a user whom permissions bind run the shipped `rch` in a lab: to root nothing is closed, so then the lab is nobody's
 * meanwhile. Elsewhere it is whoever runs the tests.
 */
export async function asNobody(
  lab: Lab,
  use: (rch: (args: readonly string[], env?: NodeJS.ProcessEnv) => Promise<Ran>) => Promise<void>,
): Promise<void> {
  const isRoot = process.getuid?.() === 0
  const own = (user: number): void => {
    if (isRoot) execFileSync('chown', ['-hR', String(user), lab.dir])
  }
  const user = isRoot ? {uid: NOBODY, gid: NOBODY} : {}
  own(NOBODY)
  try {
    await use(
      (args, env = {}) => followed(spawn(process.execPath, [RCH, ...args], {cwd: lab.project, env: {...lab.env, ...env}, ...user})).ended,
    )
  } finally {
    own(0)
  }
}
