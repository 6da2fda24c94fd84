import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { type SessionUnderTest, startSessionUnderTest } from './session-under-test.ts'

let service: SessionUnderTest
beforeAll(async () => {
  service = await startSessionUnderTest()
})
afterAll(() => service.close())

describe('CHECKLIST 40: services authenticate who calls them', () => {
  it.each(['identity', 'token', 'notification'])('%s may not bring requests of users', async name => {
    const caller = await service.callAs(name)
    expect((await caller.fetch('/auth/sessions')).status).toBe(403)
    await caller.close()
  })

  it.each(['notification', 'notification-worker', 'stranger'])('%s may not call the RPCs', async name => {
    const caller = await service.callAs(name)
    await expect(caller.rpc.getSession({ sessionId: createUuid() })).rejects.toMatchObject({
      status: 'PERMISSION_DENIED',
      reason: 'CALLER_NOT_ALLOWED',
    })
    await caller.close()
  })

  it.each(['gateway', 'identity', 'token'])('%s may', async name => {
    const caller = await service.callAs(name)
    await expect(caller.rpc.getSession({ sessionId: createUuid() })).rejects.toMatchObject({
      reason: 'SESSION_NOT_FOUND',
    })
    await caller.close()
  })
})

describe('CHECKLIST 41: no token in logs, events or tables', () => {
  it('holds for a sign-in, a list and a logout', async () => {
    const { accessToken, ask } = await service.signIn()
    await ask('GET', '/auth/sessions')
    await service.call('GET', `/auth/sessions?access_token=${accessToken}`)
    await ask('POST', '/auth/logout')
    const keys = await service.store.keys('*')
    const { rows } = await service.database.pool.query('SELECT payload FROM outbox')
    const events = await service.store.xrange('events:session', '-', '+')
    const signature = accessToken.split('.')[2] ?? ''
    expect(signature).not.toBe('')
    expect(JSON.stringify([service.lines, keys, rows, events])).not.toContain(signature)
  })
})
