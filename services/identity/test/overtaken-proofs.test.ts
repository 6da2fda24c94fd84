/** ADR 7: what a sign-in rests on is what held when its proof was looked at, and not what holds when its account is. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClock, eventually } from '@latchkey/testkit'
import { type Answer, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { aPasskeyHolder } from './passkey-visitor.ts'

const clock = createClock(new Date())
let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ now: clock.now, env: { EMAIL_SIGN_IN: 'both' } })
})
afterAll(() => identity.close())

/** Lets a sign-in come as far as the look at its account, its proof being spent; then the password changes, and it goes on. */
const overtaken = async (id: string, signIn: () => Promise<Answer>): Promise<Answer> => {
  const client = await identity.database.pool.connect()
  try {
    await client.query('BEGIN')
    await client.query('LOCK TABLE known_devices IN ACCESS EXCLUSIVE MODE')
    const asked = signIn()
    await eventually(async () => {
      // Not what cleans up; and asked outside, since a transaction is shown the same statements all along.
      const waiting = `SELECT FROM pg_stat_activity
                        WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%password_hash%'`
      expect((await identity.database.pool.query(waiting)).rowCount).not.toBe(0)
    })
    await client.query('UPDATE password_credentials SET version = version + 1 WHERE user_id = $1', [id])
    await client.query('COMMIT')
    return await asked
  } finally {
    client.release()
  }
}

describe('a sign-in that a change overtakes between its proof and its account', () => {
  it('by a passkey is refused', async () => {
    const { id, signIn, assertion } = await aPasskeyHolder(identity)
    const credential = await assertion()
    const answer = await overtaken(id, () => signIn(credential))
    expect([answer.status, answer.body.code]).toEqual([401, 'PASSKEY_REFUSED'])
    expect((await signIn(await assertion())).status).toBe(200)
  })

  it('by a mail is refused', async () => {
    const { id, email } = await identity.register()
    await identity.database.pool.query('UPDATE users SET email_verified_at = now() WHERE id = $1', [id])
    const ask = async (count: number) => {
      await identity.call('POST', '/auth/email/sign-in', { body: { email } })
      return (await identity.mailTo(email, 'email_sign_in', count)).token
    }
    const confirm = (token: string) =>
      identity.call('POST', '/auth/email/sign-in/confirm', { body: { token } })
    const token = await ask(1)
    expect((await overtaken(id, () => confirm(token))).body.code).toBe('INVALID_VERIFICATION_TOKEN')
    expect((await confirm(await ask(2))).status).toBe(200)
  })
})
