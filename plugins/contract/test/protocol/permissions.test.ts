import {checkRequest, isVerb, MAX_COMMAND_BYTES, ROLES, VERBS, verbOfCommand} from '@rch/contract/protocol'
import {isRchError} from '@rch/contract'
import fc from 'fast-check'
import {describe, expect, it} from 'vitest'

const ALLOWED = {
  stage: ['reserve', 'renew', 'missing_blobs', 'upload_blobs', 'has_source', 'upload_source', 'session'],
  fetch: ['status', 'tail', 'fetch', 'session'],
  run: Object.keys(VERBS),
}

describe('the command of a forced key', () => {
  it.each(ROLES)('for %s reaches exactly its verbs', (role) => {
    const reached = Object.keys(VERBS).filter((verb) => codeOf(() => verbOfCommand(verb, role)) === null)
    expect(reached.toSorted()).toEqual(ALLOWED[role].toSorted())
  })

  it('that is anything else is refused', () => {
    for (const command of [
      undefined,
      '',
      ' status',
      'status ',
      'status\n',
      'status;id',
      'STATUS',
      'toString',
      '__proto__',
      '/usr/libexec/sftp-server',
    ]) {
      expect(codeOf(() => verbOfCommand(command, 'run'))).toBe('forbidden_ssh_command')
    }
    expect(codeOf(() => verbOfCommand('x'.repeat(MAX_COMMAND_BYTES + 1), 'run'))).toBe('forbidden_ssh_command')
    fc.assert(fc.property(fc.string(), (text) => isVerb(text) || codeOf(() => verbOfCommand(text, 'run')) === 'forbidden_ssh_command'))
  })
})

describe('a request', () => {
  it('must say the verb of its channel', () => {
    expect(checkRequest(request('status'), 'status', 'run')).toBe('status')
    expect(codeOf(() => checkRequest(request('cancel'), 'status', 'run'))).toBe('protocol_error')
  })

  it('in a session may be any verb of the key but session, run and a following tail', () => {
    expect(checkRequest(request('status'), 'session', 'fetch')).toBe('status')
    expect(checkRequest(request('tail'), 'session', 'fetch')).toBe('tail')
    for (const [op, payload, role] of [
      ['session', {}, 'run'],
      ['run', {}, 'run'],
      ['tail', {follow: true}, 'run'],
      ['submit', {}, 'stage'],
      ['nonsense', {}, 'run'],
    ] as const) {
      expect(codeOf(() => checkRequest(request(op, payload), 'session', role))).toBe('forbidden_ssh_command')
    }
  })

  it('may only bring bytes of a format that its verb takes', () => {
    const stream = {format: 'tar', compression: 'none', content_length: 0, content_sha256: '0'.repeat(64)} as const
    expect(codeOf(() => checkRequest({...request('status'), stream}, 'status', 'run'))).toBe('protocol_error')
    expect(codeOf(() => checkRequest({...request('upload_blobs'), stream}, 'upload_blobs', 'run'))).toBe('protocol_error')
    expect(codeOf(() => checkRequest({...request('upload_source'), stream}, 'upload_source', 'run'))).toBeNull()
  })
})

function request(op: string, payload: Readonly<Record<string, unknown>> = {}) {
  return {protocol_version: 1, op, request_id: 'r', payload, stream: null}
}

function codeOf(act: () => unknown): string | null {
  try {
    act()
    return null
  } catch (error) {
    return isRchError(error) ? error.code : String(error)
  }
}
