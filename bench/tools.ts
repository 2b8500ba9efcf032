import {spawnSync} from 'node:child_process'

/** A tool that a measure compares with, where Debian has it, and how it says its version. */
const TOOLS = {
  git: {package: 'git', version: ['--version']},
  rsync: {package: 'rsync', version: ['--version']},
  ssh: {package: 'openssh-client', version: ['-V']},
  sshd: {package: 'openssh-server', version: ['-V']},
  gawk: {package: 'gawk', version: ['--version']},
  sha256sum: {package: 'coreutils', version: ['--version']},
} as const

export type Tool = keyof typeof TOOLS

/** Why a measure cannot be taken here, naming what to install; `null` when it can. */
export function missingTools(tools: readonly Tool[]): string | null {
  const missing = tools.filter((tool) => versionOf(tool) === null)
  if (missing.length === 0) return null
  const packages = [...new Set(missing.map((tool) => TOOLS[tool].package))].join(' ')
  return `${missing.join(', ')} not found: apt-get install ${packages}`
}

/** `git 2.47.3`; `null` when the tool is not there. */
export function versionOf(tool: Tool): string | null {
  const {stdout, stderr, error} = spawnSync(tool, [...TOOLS[tool].version], {
    encoding: 'utf8',
    env: {...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/usr/local/sbin`},
  })
  if (error !== undefined) return null
  const number = /\d+\.\d+[\w.]*/.exec(`${stdout}${stderr}`)?.[0] ?? '?'
  return `${tool} ${number}`
}
