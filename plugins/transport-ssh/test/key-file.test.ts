import {generateKeyPairSync} from 'node:crypto'
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs'
import {tmpdir} from 'node:os'
import {join} from 'node:path'
import {afterAll, describe, expect, it} from 'vitest'
import {readKeyFile} from '../src/key-file.ts'
import {makeKey, sshdMissing} from '../../../test/support/sshd.ts'

describe('a key file', () => {
  const dir = mkdtempSync(join(tmpdir(), 'rch-keys-'))
  afterAll(() => rmSync(dir, {recursive: true, force: true}))
  const kindOf = (content: string): string | undefined => {
    const keyPath = join(dir, 'key')
    writeFileSync(keyPath, content, {mode: 0o600})
    return readKeyFile({keyPath, worker: 'mac'})?.kind
  }

  it.skipIf(sshdMissing() !== null)('of OpenSSH is told apart by its passphrase', () => {
    makeKey(join(dir, 'plain'))
    makeKey(join(dir, 'locked'), 'secret')
    expect(readKeyFile({keyPath: join(dir, 'plain'), worker: 'mac'})?.kind).toBe('plain')
    expect(readKeyFile({keyPath: join(dir, 'locked'), worker: 'mac'})?.kind).toBe('encrypted')
  })

  it('in PEM is told apart by its passphrase', () => {
    const {privateKey} = generateKeyPairSync('ec', {namedCurve: 'P-256'})
    expect(kindOf(privateKey.export({type: 'pkcs8', format: 'pem'}).toString())).toBe('plain')
    expect(kindOf(privateKey.export({type: 'pkcs8', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x'}).toString())).toBe('encrypted')
    expect(kindOf(privateKey.export({type: 'sec1', format: 'pem', cipher: 'aes-256-cbc', passphrase: 'x'}).toString())).toBe('encrypted')
  })

  it.each(['sk-ssh-ed25519@openssh.com', 'sk-ecdsa-sha2-nistp256@openssh.com'])('of the type %s lies in hardware', (type) => {
    const field = (bytes: string): string => {
      const length = Buffer.alloc(4)
      length.writeUInt32BE(bytes.length)
      return `${length.toString('latin1')}${bytes}`
    }
    const body = `openssh-key-v1\0${field('none')}${field('none')}${field('')}\0\0\0\u0001${field(field(type))}${field('private')}`
    const base64 = Buffer.from(body, 'latin1').toString('base64')
    expect(kindOf(`-----BEGIN OPENSSH PRIVATE KEY-----\n${base64}\n-----END OPENSSH PRIVATE KEY-----\n`)).toBe('hardware')
  })

  it('may be left to the agent', () => {
    expect(readKeyFile({keyPath: null, worker: 'mac'})).toBeNull()
  })
})
