import { describe, expect, it } from '@jest/globals'
import { type Dependencies, type Dependency, suiteStatus, whatWorks } from './suite-health.ts'

const allBut = (...down: Dependency[]): Dependencies => {
  const status = (name: Dependency) => (down.includes(name) ? 'unhealthy' : 'healthy')
  return {
    database: status('database'),
    redis: status('redis'),
    queue: status('queue'),
    identity: status('identity'),
    token: status('token'),
    session: status('session'),
    notification: status('notification'),
  }
}

describe('suite health', () => {
  it('is healthy when every part is', () => {
    expect(suiteStatus(allBut())).toBe('healthy')
  })

  it('is degraded without Redis, and everything but the mails goes on', () => {
    expect(suiteStatus(allBut('redis', 'queue'))).toBe('degraded')
    expect(whatWorks(allBut('redis', 'queue'))).toContain('login')
    expect(whatWorks(allBut('redis', 'queue'))).not.toContain('mail_delivery')
  })

  it('is degraded without identity: sessions that exist are kept', () => {
    expect(suiteStatus(allBut('identity'))).toBe('degraded')
    expect(whatWorks(allBut('identity'))).toEqual(
      expect.arrayContaining(['verify_access_tokens', 'refresh', 'logout', 'sessions']),
    )
    expect(whatWorks(allBut('identity'))).not.toContain('login')
  })

  it('is unhealthy without Postgres, where only access tokens that exist are good', () => {
    expect(suiteStatus(allBut('database'))).toBe('unhealthy')
    expect(whatWorks(allBut('database'))).toEqual(['verify_access_tokens'])
  })

  it('takes what it does not know for not working', () => {
    expect(suiteStatus({ ...allBut(), database: 'unknown' })).toBe('unhealthy')
  })
})
