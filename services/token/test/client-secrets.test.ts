/** CHECKLIST 41: what clients prove themselves with is in no log and in no row. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, expect, it } from '@jest/globals'
import { createKeptLog } from '@latchkey/service-testkit'
import { adminSecret, adminSettings, anOperator } from './an-operator.ts'
import { startTokenSuite } from './token-under-test.ts'

let suite: Awaited<ReturnType<typeof startTokenSuite>>
beforeAll(async () => {
  suite = await startTokenSuite()
})
afterAll(() => suite.close())

it('secrets, registration tokens, initial tokens and admin bearers, at the most talkative level', async () => {
  const log = createKeptLog()
  const initialToken = randomBytes(32).toString('base64url')
  const settings = {
    ...adminSettings,
    REGISTRATION_ACCESS: 'token',
    REGISTRATION_INITIAL_TOKENS: initialToken,
  }
  const replica = await suite.startReplica(settings, log.loggerOf('token'))
  const operator = await anOperator(replica)
  const chosen = randomBytes(32).toString('base64url')
  const redirect_uris = ['https://app.example.com/cb']

  const { body: made } = await operator.send('POST', '/admin/api/clients', { name: 'A', redirect_uris })
  const path = `/admin/api/clients/${made?.client_id}`
  const { body: renewed } = await operator.send('POST', `${path}/regenerate-secret`, {})
  await operator.send('POST', '/admin/api/clients', { name: 'B', redirect_uris, client_secret: chosen })
  await operator.send('POST', '/admin/api/clients', {
    name: 'C',
    client_secret: chosen,
    redirect_uris: [chosen],
  })
  const { body: registered } = await replica.send('POST', '/oauth/register', {
    json: { redirect_uris },
    bearer: initialToken,
  })
  const token = String(registered?.registration_access_token)
  await replica.send('GET', `/oauth/register/${registered?.client_id}`, { bearer: token })
  await replica.send('GET', `/oauth/register/${registered?.client_id}`, { bearer: `${token}x` })
  await replica.close()

  const secrets = [made?.client_secret, renewed?.client_secret, registered?.client_secret]
    .map(secret => String(secret).slice('lks_'.length))
    .concat(token, chosen, initialToken, adminSecret, operator.bearer)
  expect(secrets.every(secret => secret.length >= 43)).toBe(true)
  const { rows } = await suite.database.pool.query(
    'select c.*, s.* from clients c left join client_secrets s on s.client_id = c.id',
  )
  const stored = JSON.stringify(rows)
  const logged = log.lines.join('\n')
  expect(logged).toContain('client created')
  for (const secret of secrets) {
    expect(stored).not.toContain(secret)
    expect(logged).not.toContain(secret)
  }
})
