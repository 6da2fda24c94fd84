import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { type DeviceSuite, deviceGrant, startDeviceSuite } from './device-under-test.ts'
import { issuer } from './token-under-test.ts'

let devices: DeviceSuite
beforeAll(async () => {
  devices = await startDeviceSuite()
})
afterAll(() => devices.close())

describe('RFC 8628 §3.1, §3.2: POST /oauth/device_authorization', () => {
  it('answers with both codes, where to type one, and how often to ask with the other', async () => {
    const { status, headers, body } = await devices.start()
    expect({ status, cacheControl: headers.get('cache-control') }).toEqual({
      status: 200,
      cacheControl: 'no-store',
    })
    expect(body).toEqual({
      device_code: expect.stringMatching(/^[\w-]{43}$/),
      user_code: expect.stringMatching(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/),
      verification_uri: `${issuer}/oauth/device`,
      verification_uri_complete: `${issuer}/oauth/device?user_code=${body.user_code}`,
      expires_in: 600,
      interval: 5,
    })
  })

  it('keeps neither code', async () => {
    const { userCode, deviceCode } = await devices.aDevice()
    const row = await devices.stored(deviceCode)
    const text = JSON.stringify(row)
    for (const secret of [userCode, userCode.replace('-', ''), deviceCode]) expect(text).not.toContain(secret)
    expect(Buffer.from(row.userCodeHash).toString('hex')).not.toBe(sha256Hex(userCode.replace('-', '')))
  })

  it('is in the metadata', async () => {
    const metadata = await (await devices.suite.replica.get('/.well-known/oauth-authorization-server')).json()
    expect(metadata).toMatchObject({ device_authorization_endpoint: `${issuer}/oauth/device_authorization` })
  })

  it.each([
    ['an unknown client', { client_id: 'nobody' }, 401, 'invalid_client', 'Client not found or inactive'],
    [
      'a scope that is not the client’s',
      { scope: 'openid admin:users:read' },
      400,
      'invalid_scope',
      'Requested scope not available for client',
    ],
    ['a resource that is none', { resource: 'nonsense' }, 400, 'invalid_target', expect.any(String)],
  ])('refuses %s', async (_title, parameters, status, error, error_description) => {
    expect(await devices.start(parameters)).toMatchObject({ status, body: { error, error_description } })
  })

  it('refuses a client that is not registered for the grant', async () => {
    const { id } = await devices.suite.newClient()
    expect(await devices.start({ client_id: id })).toMatchObject({
      status: 400,
      body: { error: 'unauthorized_client' },
    })
  })

  it('authenticates a confidential client', async () => {
    const confidential = await devices.suite.newClient({
      type: 'confidential',
      metadata: { grant_types: [deviceGrant] },
    })
    const basic = Buffer.from(`${confidential.id}:${confidential.rawSecret}`).toString('base64')
    const parameters = { client_id: confidential.id }
    expect(await devices.start(parameters)).toMatchObject({ status: 401, body: { error: 'invalid_client' } })
    expect(await devices.start(parameters, { authorization: `Basic ${basic}` })).toMatchObject({
      status: 200,
    })
  })
})
