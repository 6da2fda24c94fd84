import { describe, expect, it } from '@jest/globals'
import type { SessionId } from '../domain/ids.ts'
import { createActivityBuffer } from './activity-buffer.ts'

const aUse = (session: string, second: number, ipAddress: string | undefined = undefined) => ({
  sessionId: session as SessionId,
  at: new Date(second * 1000),
  ipAddress,
})

const takeAll = (buffer: ReturnType<typeof createActivityBuffer>) => [...buffer.take().values()]

describe('the activity buffer', () => {
  it('keeps the latest use of each session, in whatever order they come', () => {
    const buffer = createActivityBuffer()
    buffer.add([aUse('a', 2), aUse('a', 1), aUse('b', 1), aUse('a', 3)])
    expect(takeAll(buffer)).toEqual([[aUse('a', 3)], [aUse('b', 1)]])
    expect(buffer.size).toBe(0)
  })

  it('keeps an address that a later use came without', () => {
    const buffer = createActivityBuffer()
    buffer.add([aUse('a', 1, '192.0.2.1'), aUse('a', 2)])
    expect(takeAll(buffer)).toEqual([[aUse('a', 2, '192.0.2.1')]])
  })

  it('keeps the latest use from each address, so that none hides another, four at most', () => {
    const buffer = createActivityBuffer()
    buffer.add([aUse('a', 1, '192.0.2.1'), aUse('a', 2, '192.0.2.2'), aUse('a', 3, '192.0.2.1')])
    expect(buffer.find('a' as SessionId)).toEqual(aUse('a', 3, '192.0.2.1'))
    expect(takeAll(buffer)).toEqual([[aUse('a', 3, '192.0.2.1'), aUse('a', 2, '192.0.2.2')]])
    buffer.add(Array.from({ length: 9 }, (_, n) => aUse('a', n, `192.0.2.${n}`)))
    expect(takeAll(buffer)[0]?.map(({ ipAddress }) => ipAddress)).toEqual(
      [8, 7, 6, 5].map(n => `192.0.2.${n}`),
    )
  })

  it('is bounded: what it knows moves on, what is new finds no room and is counted', () => {
    const buffer = createActivityBuffer({ capacity: 2 })
    expect(buffer.add([aUse('a', 1), aUse('b', 1), aUse('c', 1), aUse('a', 2)])).toBe(1)
    expect(takeAll(buffer)).toEqual([[aUse('a', 2)], [aUse('b', 1)]])
  })

  it('gives the uses of the sessions that are named, and keeps the others', () => {
    const buffer = createActivityBuffer()
    buffer.add([aUse('a', 1), aUse('b', 1)])
    expect([...buffer.take(['b', 'c'] as SessionId[]).values()]).toEqual([[aUse('b', 1)]])
    expect(takeAll(buffer)).toEqual([[aUse('a', 1)]])
  })

  it('takes back what could not be written, unless something later was heard meanwhile', () => {
    const buffer = createActivityBuffer()
    buffer.add([aUse('a', 1), aUse('b', 1)])
    const taken = takeAll(buffer)
    buffer.add([aUse('a', 5)])
    buffer.add(taken.flat())
    expect(takeAll(buffer)).toEqual([[aUse('a', 5)], [aUse('b', 1)]])
  })
})
