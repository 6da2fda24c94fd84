import { describe, expect, it } from '@jest/globals'
import { fromTimestamp, getInstant, toTimestamp } from './index.ts'

describe('google.protobuf.Timestamp', () => {
  it.each(['2026-11-22T21:35:31.042Z', '1970-01-01T00:00:00.000Z', '1969-12-31T23:59:59.999Z'])(
    'keeps %s to the millisecond',
    text => {
      expect(fromTimestamp(toTimestamp(new Date(text)))).toEqual(new Date(text))
    },
  )

  it('counts nanoseconds forward, before 1970 too', () => {
    expect(toTimestamp(new Date('1969-12-31T23:59:59.250Z'))).toEqual({ seconds: -1, nanos: 250_000_000 })
  })

  it('is undefined where the field was not sent', () => {
    expect(fromTimestamp(null)).toBeUndefined()
    expect(() => getInstant(null, 'ends_at')).toThrow('ends_at is missing')
  })
})
