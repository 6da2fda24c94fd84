import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { decodeJwt } from 'jose'
import { type AuthorizeSuite, startAuthorizeSuite } from './authorize-under-test.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'

type Replica = AuthorizeSuite['replica']

let suite: AuthorizeSuite
let second: Replica
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  second = await suite.startReplica()
  clientId = (await suite.newClient({ metadata: { grant_types: [deviceGrant, 'refresh_token'] } })).id
})
afterAll(async () => {
  await second.close()
  await suite.close()
})

/** A device of the client; and somebody who decides on it. */
const aDevice = async (parameters: Record<string, string> = {}) => {
  const asked = { client_id: clientId, scope: 'openid profile', ...parameters }
  const { body } = await suite.replica.postForm('/oauth/device_authorization', asked)
  const poll = (replica: Replica = suite.replica, overrides: Record<string, string> = {}) =>
    replica.postForm('/oauth/token', {
      grant_type: deviceGrant,
      client_id: clientId,
      device_code: String(body.device_code),
      ...overrides,
    })
  const decide = async (decision: 'allow' | 'deny') => {
    const { browser, ...signIn } = await suite.aSignedInBrowser()
    const hidden = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
    const typed = await browser.post('/oauth/device', { ...hidden, user_code: String(body.user_code) })
    const asking = await browser.get(String(typed.headers.get('location')).replace('/base', ''))
    await browser.post('/oauth/device', { ...hiddenFieldsOf(await asking.text()), decision })
    return signIn
  }
  return { poll, decide }
}

const errorOf = ({ status, body }: { status: number; body: Record<string, unknown> }) => [status, body.error]

describe('RFC 8628 §3.4, §3.5: the device polls', () => {
  it('and is told to wait, and to slow down where it asks too often', async () => {
    const { poll } = await aDevice()
    expect(errorOf(await poll())).toEqual([400, 'authorization_pending'])
    expect(errorOf(await poll(second))).toEqual([400, 'slow_down'])
  })

  it('and gets the tokens of whoever let it in', async () => {
    const { poll, decide } = await aDevice()
    const { sessionId, userId } = await decide('allow')
    const { status, body } = await poll()
    expect(status).toBe(200)
    expect(body).toMatchObject({
      token_type: 'Bearer',
      scope: 'openid profile',
      refresh_token: expect.any(String),
    })
    const claims = { sub: userId, sid: sessionId, client_id: clientId, scope: 'openid profile' }
    expect(decodeJwt(String(body.access_token))).toMatchObject(claims)
    expect(decodeJwt(String(body.id_token))).toMatchObject({ sub: userId, aud: clientId, sid: sessionId })
  })

  it('and is denied', async () => {
    const { poll, decide } = await aDevice()
    await decide('deny')
    expect(errorOf(await poll())).toEqual([400, 'access_denied'])
  })

  it('for nothing where the session has ended meanwhile', async () => {
    const { poll, decide } = await aDevice()
    const { sessionId } = await decide('allow')
    await suite.redis.set(`session_ended:${sessionId}`, 'logout')
    expect(errorOf(await poll())).toEqual([400, 'access_denied'])
  })

  it('with its own code alone', async () => {
    const { poll, decide } = await aDevice()
    await decide('allow')
    const other = (await suite.newClient({ metadata: { grant_types: [deviceGrant] } })).id
    expect(errorOf(await poll(second, { client_id: other }))).toEqual([400, 'invalid_grant'])
    expect(errorOf(await poll(second, { device_code: 'nonsense' }))).toEqual([400, 'invalid_grant'])
    expect((await poll()).status).toBe(200)
  })

  it('for fewer resources than it was let in for, and never for more (RFC 8707 §2.2)', async () => {
    const [device, greedy] = [await aDevice({ resource: 'https://a.example/' }), await aDevice()]
    await Promise.all([device.decide('allow'), greedy.decide('allow')])
    const { body } = await device.poll()
    expect(decodeJwt(String(body.access_token)).aud).toBe('https://a.example/')
    const more = await greedy.poll(second, { resource: 'https://a.example/' })
    expect(errorOf(more)).toEqual([400, 'invalid_target'])
  })
})

describe('CHECKLIST 26: one redemption', () => {
  it('of twenty parallel polls over two replicas; and a later one ends what it gave', async () => {
    const { poll, decide } = await aDevice()
    await decide('allow')
    const polls = await Promise.all(
      Array.from({ length: 20 }, (_, n) => poll(n % 2 === 0 ? suite.replica : second)),
    )
    const [success, ...others] = polls.filter(({ status }) => status === 200)
    expect(others).toEqual([])
    expect(polls.filter(({ body }) => body.error === 'invalid_grant')).toHaveLength(19)
    await poll()
    const refresh = {
      grant_type: 'refresh_token',
      client_id: clientId,
      refresh_token: String(success?.body.refresh_token),
    }
    expect(errorOf(await second.postForm('/oauth/token', refresh))).toEqual([400, 'invalid_grant'])
  })
})
