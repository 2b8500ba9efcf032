import {field, objectField, objectsField, readJsonObject, textField, type JsonObject} from './json-value.ts'
import {shapeError} from './read-error.ts'

export interface PackagePin {
  readonly identity: string
  readonly kind: 'remoteSourceControl' | 'localSourceControl' | 'registry'
  /** A URL, or a path for `localSourceControl`; empty for a registry. */
  readonly location: string
  readonly revision: string | null
  readonly version: string | null
  readonly branch: string | null
}

export interface PackageResolved {
  readonly version: 1 | 2 | 3
  readonly originHash: string | null
  readonly pins: readonly PackagePin[]
}

/** Reads a `Package.resolved` of version 1 to 3. Pure; throws `project_unreadable`. */
export function readPackageResolved(text: string): PackageResolved {
  const document = readJsonObject(text, 'Package.resolved')
  const version = field(document, 'version')
  switch (version) {
    case 1:
      return {version, originHash: null, pins: objectsField(objectField(document, 'object'), 'pins').map(readPinV1)}
    case 2:
    case 3:
      return {version, originHash: textField(document, 'originHash'), pins: objectsField(document, 'pins').map(readPin)}
    default:
      throw shapeError('Package.resolved', `version ${JSON.stringify(version) ?? 'absent'} is none of 1, 2, 3`)
  }
}

function readPinV1(pin: JsonObject): PackagePin {
  const location = textField(pin, 'repositoryURL') ?? ''
  return {
    ...stateOf(pin),
    identity: identityOf(location) || (textField(pin, 'package') ?? '').toLowerCase(),
    kind: location.startsWith('/') ? 'localSourceControl' : 'remoteSourceControl',
    location,
  }
}

function readPin(pin: JsonObject): PackagePin {
  const kind = textField(pin, 'kind')
  return {
    ...stateOf(pin),
    identity: textField(pin, 'identity') ?? '',
    kind: kind === 'localSourceControl' || kind === 'registry' ? kind : 'remoteSourceControl',
    location: textField(pin, 'location') ?? '',
  }
}

function stateOf(pin: JsonObject): Pick<PackagePin, 'revision' | 'version' | 'branch'> {
  const state = objectField(pin, 'state')
  return {revision: textField(state, 'revision'), version: textField(state, 'version'), branch: textField(state, 'branch')}
}

/** SwiftPM's identity of a location: its last component, lower-cased, without `.git`. */
function identityOf(location: string): string {
  const last = location.replace(/\/+$/, '').split(/[/:]/).at(-1) ?? ''
  return last.replace(/\.git$/, '').toLowerCase()
}
