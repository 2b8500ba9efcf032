import {RchError} from '@rch/contract'
import {runTool} from '../../infra/run-tool.ts'

/** What OpenSSH itself makes of an alias of ~/.ssh/config (`ssh -G`), as fields of a worker's entry. The only reader of that file. */
export async function sshAlias(alias: string): Promise<Readonly<Record<string, string | number>>> {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]*$/.test(alias))
    throw new RchError('usage_error', `"${alias}" is no name of an SSH host.`, {data: {alias}})
  const {code, stdout, stderr} = await runTool('ssh', ['-G', '--', alias], {
    env: {PATH: process.env['PATH'] ?? '', HOME: process.env['HOME'] ?? ''},
    timeoutMs: 10_000,
  })
  if (code !== 0) throw new RchError('usage_error', `ssh -G ${alias}: ${stderr.trim()}`, {data: {alias}})
  const values = new Map<string, string>()
  for (const line of stdout.split('\n')) {
    const [key = '', ...rest] = line.split(' ')
    if (!values.has(key)) values.set(key, rest.join(' '))
  }
  const jump = values.get('proxyjump')
  const port = Number(values.get('port') ?? 22)
  const host = values.get('hostname') ?? alias
  const user = values.get('user')
  const key = values.get('identityfile')
  return {
    host,
    ...(user === undefined ? {} : {user}),
    ...(port === 22 ? {} : {port}),
    ...(key === undefined ? {} : {run_key: key}),
    ...(jump === undefined || jump === 'none' ? {} : {jump}),
  }
}
