import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { sha256Hex } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { eventually } from '@latchkey/testkit'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

describe('no secret leaves through logs, metrics or tables', () => {
  it('after every route has been used, rightly and wrongly', async () => {
    const email = `planted-${createUuid()}@example.com`
    const { bearer, cookie, answer } = await identity.register({ email })
    await identity.login(email, 'Planted-Wrong-99!', { headers: { cookie } })
    await identity.call('POST', '/auth/login', { raw: `{"email":"${email}","password":"Planted-Broken-99!"` })
    await identity.call('POST', '/auth/password/reset', { body: { email } })
    const mail = await eventually(() => {
      const found = identity.neighbours.notification.messages.find(
        ({ recipient, template }) => recipient === email && template === 'password_reset',
      )
      if (found === undefined) throw new Error('no mail yet')
      return found
    })
    const { token = '' } = await identity.unseal(mail.sealedData)
    await identity.call('GET', `/reset-password?token=${token}`)
    await identity.call('GET', `/auth/me?access_token=${bearer}`)
    identity.neighbours.session.set('away')
    await identity.call('POST', '/auth/password/reset/confirm', {
      body: { token, new_password: otherPassword },
    })
    await identity.login(email, otherPassword)
    identity.neighbours.session.set('up')

    const metrics = await (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
    const written = identity.logLines.join('') + metrics
    expect(identity.logLines.length).toBeGreaterThanOrEqual(8)
    const device = cookie.split('=')[1] ?? ''
    const planted = {
      goodPassword,
      otherPassword,
      wrongPassword: 'Planted-Wrong-99!',
      brokenPassword: 'Planted-Broken-99!',
      token,
      bearer,
      refreshToken: String(answer.body.refresh_token),
      device,
      email,
    }
    for (const [name, secret] of Object.entries(planted)) {
      expect({ name, found: written.includes(secret) }).toEqual({ name, found: false })
    }

    const tables = await identity.database.pool.query<{ tablename: string }>(
      "SELECT tablename FROM pg_tables WHERE schemaname = 'latchkey_identity'",
    )
    const { email: _known, ...secrets } = planted
    for (const { tablename } of tables.rows) {
      const { rows } = await identity.database.pool.query(`SELECT t::text AS row FROM ${tablename} t`)
      const text = JSON.stringify(rows)
      for (const [name, secret] of Object.entries(secrets)) {
        expect({ tablename, name, found: text.includes(secret) }).toEqual({ tablename, name, found: false })
      }
    }
    const devices = await identity.database.pool.query('SELECT device_hash FROM known_devices')
    expect(devices.rows).toContainEqual({ device_hash: sha256Hex(device) })
  })
})
