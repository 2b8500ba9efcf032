import {spawn} from 'node:child_process'
import {existsSync, renameSync, rmSync} from 'node:fs'
import type {BackendIo} from '@rch/contract'

/**
 * Makes one result bundle of the build's, which lies aside, and the tests': what one `xcodebuild test` writes. Without a bundle of the
 * tests the build's takes its place; when they cannot be merged the tests' stays alone.
 */
export async function mergeBundles(
  program: string,
  aside: string,
  resultBundle: string,
  env: Readonly<Record<string, string>>,
  io: Pick<BackendIo, 'started'>,
): Promise<void> {
  if (!existsSync(aside)) return
  if (!existsSync(resultBundle)) {
    renameSync(aside, resultBundle)
    return
  }
  const merged = `${aside}.merged`
  rmSync(merged, {recursive: true, force: true})
  if (await runs(program, ['merge', aside, resultBundle, '--output-path', merged], env, io)) {
    rmSync(resultBundle, {recursive: true, force: true})
    renameSync(merged, resultBundle)
  }
  rmSync(merged, {recursive: true, force: true})
  rmSync(aside, {recursive: true, force: true})
}

const PATIENCE_MS = 120_000

function runs(
  program: string,
  words: readonly string[],
  env: Readonly<Record<string, string>>,
  io: Pick<BackendIo, 'started'>,
): Promise<boolean> {
  return new Promise((resolve) => {
    const child = spawn(program, words, {env: {...env}, stdio: 'ignore', timeout: PATIENCE_MS, killSignal: 'SIGKILL'})
    child.on('error', () => resolve(false))
    child.on('spawn', () => {
      if (child.pid !== undefined) io.started({pid: child.pid})
    })
    child.on('close', (code) => resolve(code === 0))
  })
}
