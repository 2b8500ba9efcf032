import {readdirSync, readFileSync} from 'node:fs'
import {join, relative} from 'node:path'
import {fileURLToPath} from 'node:url'
import {describe, expect, it} from 'vitest'
import {ERRORS, EXIT_CODES, isErrorCode, RchError, toRchError, isRchError, WIRE_CODES, type ErrorRow} from '@rch/contract'
import {ARTIFACT_ERRORS} from '../../plugins/contract/src/errors/rows/artifacts.ts'
import {CLASSIFIER_ERRORS} from '../../plugins/contract/src/errors/rows/classifier.ts'
import {EXECUTOR_ERRORS} from '../../plugins/contract/src/errors/rows/executor.ts'
import {SOURCE_ERRORS} from '../../plugins/contract/src/errors/rows/source.ts'
import {TRANSPORT_ERRORS} from '../../plugins/contract/src/errors/rows/transport.ts'
import {USAGE_ERRORS} from '../../plugins/contract/src/errors/rows/usage.ts'
import {WORKER_ERRORS} from '../../plugins/contract/src/errors/rows/worker.ts'

const root = fileURLToPath(new URL('../../', import.meta.url))
const CODES = Object.keys(ERRORS).filter(isErrorCode)
const ROW_FILES: readonly Readonly<Record<string, ErrorRow>>[] = [
  USAGE_ERRORS,
  CLASSIFIER_ERRORS,
  TRANSPORT_ERRORS,
  EXECUTOR_ERRORS,
  ARTIFACT_ERRORS,
  WORKER_ERRORS,
  SOURCE_ERRORS,
]

/** The wire codes that stand for exactly one code of the registry. */
const ONE_TO_ONE = WIRE_CODES.filter((wire) => wire !== 'REFUSED')

describe('the registry', () => {
  it('say several words as people write them', () => {
    expect(new RchError('env_missing', undefined, {data: {names: ['TOKEN', 'HOST']}}).message).toContain('TOKEN, HOST')
    expect(new RchError('env_missing', undefined, {data: {names: []}}).message).toContain('[]')
  })

  it('has each code once', () => {
    expect(ROW_FILES.flatMap((rows) => Object.keys(rows)).toSorted()).toEqual(CODES.toSorted())
  })

  it.each(CODES)('%s is complete', (code) => {
    const row = ERRORS[code]
    expect(code).toMatch(/^[a-z][a-z0-9]*(_[a-z0-9]+)*$/)
    expect(Object.hasOwn(EXIT_CODES, row.kind)).toBe(true)
    expect(row.message.trim()).toBe(row.message)
    expect(row.message.length).toBeGreaterThan(0)
    expect(row.hint.trim()).toBe(row.hint)
    expect(row.hint.length).toBeGreaterThan(0)
    expect(row.wire === undefined || WIRE_CODES.includes(row.wire)).toBe(true)
    expect(new RchError(code).exitCode).toBe(EXIT_CODES[row.kind])
  })

  it.each(ONE_TO_ONE)('%s on the wire stands for one code', (wire) => {
    expect(CODES.filter((code) => ERRORS[code].wire === wire)).toHaveLength(1)
  })
})

describe('RchError', () => {
  it('fills the templates of message and hint from its data', () => {
    const error = new RchError('ssh_key_permissions', undefined, {data: {key: '~/.ssh/k', mode: '0644'}})
    expect(error.message).toContain('~/.ssh/k')
    expect(error.message).toContain('0644')
    expect(error.hint).toContain('~/.ssh/k')
  })

  it('is known by its brand, whichever copy of the package made it', () => {
    expect(isRchError({brand: 'rch.error', code: 'cancelled', message: 'x'})).toBe(true)
    expect(isRchError(new Error('x'))).toBe(false)
  })

  it('turns anything else into internal_error with its cause', () => {
    const cause = new TypeError('x')
    expect(toRchError(cause)).toMatchObject({code: 'internal_error', cause})
    const own = new RchError('cancelled')
    expect(toRchError(own)).toBe(own)
  })
})

describe('the sources', () => {
  const sources = sourceFiles()
  const outside = sources.filter(({path}) => !path.startsWith('plugins/contract/src/errors/'))

  it('name no code that the registry does not have', () => {
    const unknown = outside.flatMap(({path, text}) =>
      [...text.matchAll(/(?:\berror_code\b['"]?\s*(?::|===|!==|=)\s*|new RchError\(\s*)'([^']*)'/g)]
        .map(([, code]) => code ?? '')
        .filter((code) => !isErrorCode(code))
        .map((code) => `${path}: ${code}`),
    )
    expect(unknown).toEqual([])
  })

  it('produce every code that is not planned', () => {
    const text = outside.map((source) => source.text).join('\n')
    const missing = CODES.filter((code) => ERRORS[code].since !== 'planned' && !new RegExp(`['"\`]${code}['"\`]`).test(text))
    expect(missing).toEqual([])
  })

  it('produce no code that is planned', () => {
    const text = outside.map((source) => source.text).join('\n')
    expect(CODES.filter((code) => ERRORS[code].since === 'planned' && new RegExp(`['"\`]${code}['"\`]`).test(text))).toEqual([])
  })
})

/** Everything that ships: our own sources, without tests, build output and generated files. */
function sourceFiles(): readonly {readonly path: string; readonly text: string}[] {
  const rooms = ['src', ...readdirSync(join(root, 'plugins')).map((name) => `plugins/${name}/src`)]
  return rooms
    .flatMap((room) => filesUnder(join(root, room)))
    .filter((file) => file.endsWith('.ts') && !file.includes('/generated/'))
    .map((file) => ({path: relative(root, file), text: readFileSync(file, 'utf8')}))
}

function filesUnder(folder: string): readonly string[] {
  return readdirSync(folder, {recursive: true, withFileTypes: true})
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}
