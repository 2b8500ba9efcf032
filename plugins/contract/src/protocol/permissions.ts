import {RchError} from '../errors/rch-error.ts'
import {MAX_COMMAND_BYTES} from './limits.ts'
import type {RequestMessage} from './messages.ts'
import {isFollowing, isVerb, verbRow, type Role, type Verb} from './verbs.ts'

/**
 * The verb that a forced command was asked for: the whole of `SSH_ORIGINAL_COMMAND`, without arguments.
 * Throws `forbidden_ssh_command` for anything else, unset included.
 */
export function verbOfCommand(command: string | undefined, role: Role): Verb {
  if (command === undefined || command === '') throw forbidden(role, '', 'no command was sent')
  if (Buffer.byteLength(command) > MAX_COMMAND_BYTES) throw forbidden(role, `${command.slice(0, 64)}…`, 'the command is too long')
  if (!isVerb(command)) throw forbidden(role, command.slice(0, 200), 'it is not a verb')
  if (!verbRow(command).keys.includes(role)) throw forbidden(role, command, `the ${role} key does not carry it`)
  return command
}

/**
 * Checks one request against the channel it came on: its `op` is the channel's verb (or, in a session, any verb of the key but
 * `session`, `run` and a following `tail`), and its stream has a format of that verb.
 * Throws `forbidden_ssh_command` or `protocol_error`.
 */
export function checkRequest(request: RequestMessage, channel: Verb, role: Role): Verb {
  const {op, payload} = request
  if (!isVerb(op) || !verbRow(op).keys.includes(role)) throw forbidden(role, op.slice(0, 200), isVerb(op) ? 'not for this key' : 'no verb')
  if (channel === 'session') {
    if (op === 'session' || isFollowing(op, payload)) throw forbidden(role, op, 'a session does not carry it')
  } else if (op !== channel) {
    throw new RchError('protocol_error', `The request says op "${op}" on a channel for "${channel}".`, {
      data: {field: 'op', got: op, expected: channel},
    })
  }
  const format = request.stream?.format
  if (format !== undefined && !verbRow(op).streamIn.includes(format)) {
    throw new RchError('protocol_error', `The verb ${op} takes no stream of format "${format}".`, {
      data: {field: 'payload.stream.format', got: format, expected: verbRow(op).streamIn},
    })
  }
  return op
}

function forbidden(role: Role, verb: string, reason: string): RchError {
  return new RchError('forbidden_ssh_command', undefined, {data: {role, verb, reason}})
}
