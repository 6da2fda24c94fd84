import { describe, expect, it } from '@jest/globals'
import { judge, limitHeaders } from './rate-limits.ts'

const limit = { maxRequests: 10, windowSeconds: 60 }

describe('rate limits: the verdict', () => {
  it('allows as many requests as the limit says, and not one more', () => {
    expect(judge(limit, { count: 10, resetsInMs: 500 })).toEqual({
      allowed: true,
      remaining: 0,
      resetsInSeconds: 1,
    })
    expect(judge(limit, { count: 11, resetsInMs: 500 }).allowed).toBe(false)
  })

  it('never tells a client to come back in zero seconds', () => {
    expect(judge(limit, { count: 11, resetsInMs: 0 }).resetsInSeconds).toBe(1)
  })

  it('tells limit, remaining and reset in both dialects', () => {
    expect(limitHeaders('login', limit, judge(limit, { count: 3, resetsInMs: 41_200 }))).toEqual({
      'X-RateLimit-Limit': '10',
      'X-RateLimit-Remaining': '7',
      'X-RateLimit-Reset': '42',
      'RateLimit-Policy': '"login";q=10;w=60',
      RateLimit: '"login";r=7;t=42',
    })
  })
})
