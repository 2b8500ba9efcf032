import {spawn} from 'node:child_process'
import {once} from 'node:events'
import {describe, expect, it} from 'vitest'
import {isAlive, parseStart, processIdentity, startTime} from '../../../src/infra/process-identity.ts'
import {listProcesses, parsePs} from '../../../src/worker/platform/process-list.ts'

describe('which process is which', () => {
  it('knows itself, and that a later one with its number would be another', () => {
    const self = processIdentity(process.pid)
    expect(self).not.toBeNull()
    expect(isAlive(self!)).toBe(true)
    expect(isAlive({...self!, started: `${self!.started}0`})).toBe(false)
    expect(isAlive({...self!, boot: 'another'})).toBe(false)
    expect(listProcesses().find(({pid}) => pid === process.pid)).toMatchObject({started: self!.started, zombie: false})
  })

  it('a process that has ended and that nobody asked for is gone', async () => {
    const parent = spawn('sh', ['-c', 'sleep 300 & echo $!; wait'], {stdio: ['ignore', 'pipe', 'inherit']})
    try {
      const pid = Number(String((await once(parent.stdout, 'data'))[0]).trim())
      const before = processIdentity(pid)
      expect(before).not.toBeNull()
      // Stopped, it asks for nobody's status.
      parent.kill('SIGSTOP')
      process.kill(pid, 'SIGKILL')
      for (;;) {
        const row = listProcesses().find((one) => one.pid === pid)
        if (row?.zombie === true) break
        await new Promise((resolve) => setImmediate(resolve))
      }
      expect(startTime(pid)).toBeNull()
      expect(isAlive(before!)).toBe(false)
    } finally {
      parent.kill('SIGKILL')
      await once(parent, 'exit')
    }
  })
})

describe('what ps says on a Mac', () => {
  it.each([
    ['Ss   Fri Nov 20 23:05:09 2026    \n', 'Fri Nov 20 23:05:09 2026'],
    ['S+   Sun Nov  1 03:00:00 2026\n', 'Sun Nov 1 03:00:00 2026'],
    ['Z    Fri Nov 20 23:05:09 2026    \n', null],
    ['ZN+  Fri Nov 20 23:05:09 2026    \n', null],
    ['', null],
    ['\n', null],
  ])('of one process: %j', (text, started) => expect(parseStart(text)).toBe(started))

  it('of all of them', () => {
    const text = [
      '    1     0     1     0 Ss   Mon Nov  2 08:01:15 2026    ',
      '  412     1   412   501 S    Mon Nov  2 08:02:00 2026    ',
      ' 9177   412   412   501 Z    Fri Nov 20 23:05:09 2026    ',
      '',
    ].join('\n')
    expect(parsePs(text)).toEqual([
      {pid: 1, ppid: 0, pgid: 1, session: 0, uid: 0, started: 'Mon Nov 2 08:01:15 2026', zombie: false},
      {pid: 412, ppid: 1, pgid: 412, session: 0, uid: 501, started: 'Mon Nov 2 08:02:00 2026', zombie: false},
      {pid: 9177, ppid: 412, pgid: 412, session: 0, uid: 501, started: 'Fri Nov 20 23:05:09 2026', zombie: true},
    ])
  })
})
