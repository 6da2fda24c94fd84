/** Accounts whose owners have taken their password away, on the pages. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'
import { aPageHolder, placeOf, signInWith, usePasskey } from './passkey-page-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

describe('an account without a password', () => {
  const withoutPassword = async () => {
    const holder = await aPageHolder(identity, { isSynced: true })
    const page = await holder.visitor.open('/account/passkeys')
    const removed = await holder.visitor.submit(page, {}, '/account/passkeys/remove-password')
    expect(placeOf(removed)).toEqual([303, '/account/passkeys?done=password_removed'])
    return holder
  }

  it('is made on the page: the owner is told, the other sessions end, the password opens nothing', async () => {
    const { visitor, authenticator, email, bearer, id } = await withoutPassword()
    await identity.mailTo(email, 'password_removed')
    const ended = identity.neighbours.session.sessions.filter(each => each.userId === id)
    expect(ended.map(({ endReason }) => endReason)).toEqual(['factors_changed', undefined])
    expect(identity.neighbours.session.endings.at(-1)).toMatchObject({
      userId: id,
      exceptSessionId: ended[1]?.id,
      belowCredentialVersion: 3,
    })
    expect(bearer).not.toBe('')
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    expect((await visitor.open('/account/passkeys')).text).not.toContain('Remove my password')
    expect(placeOf(await signInWith(createVisitor(identity), authenticator))).toEqual([303, '/account'])
  })

  it('keeps its last passkey, and confirms with it alone', async () => {
    const { visitor, authenticator } = await withoutPassword()
    const page = await visitor.open('/account/passkeys')
    const kept = await visitor.submit(page, {}, '/account/passkeys/remove')
    expect([kept.status, kept.text.includes('Nothing else opens your account')]).toEqual([409, true])
    const confirm = await visitor.open('/account/confirm?next=%2Faccount%2Fpasskeys')
    expect(confirm.text).not.toContain('type="password"')
    const proven = await usePasskey(visitor, confirm, '/account/confirm/passkey', authenticator)
    expect(placeOf(proven)).toEqual([303, '/account/passkeys'])
  })

  it('is not made where no passkey is known to sign in alone', async () => {
    const { visitor, id } = await aPageHolder(identity)
    const page = await visitor.open('/account/passkeys')
    await identity.database.pool.query('UPDATE passkeys SET is_discoverable = false WHERE user_id = $1', [id])
    expect((await visitor.open('/account/passkeys')).text).not.toContain('Remove my password')
    expect((await visitor.submit(page, {}, '/account/passkeys/remove-password')).status).toBe(409)
    expect(
      (await identity.database.pool.query('SELECT FROM password_credentials WHERE user_id = $1', [id]))
        .rowCount,
    ).toBe(1)
  })

  it('ends the sessions from before when a password comes back', async () => {
    const { email, id } = await withoutPassword()
    await identity.call('POST', '/auth/password/reset', { body: { email } })
    const { token } = await identity.mailTo(email, 'password_reset')
    const body = { token, new_password: 'Loud-Mountain-43?' }
    expect((await identity.call('POST', '/auth/password/reset/confirm', { body })).status).toBe(200)
    const { rows } = await identity.database.pool.query<{ version: number }>(
      'SELECT version FROM password_credentials WHERE user_id = $1',
      [id],
    )
    // 1 at the registration, 2 with the passkey, 3 without a password: what came before is told from what comes after.
    expect(rows).toEqual([{ version: 4 }])
    expect(identity.neighbours.session.endings.at(-1)).toMatchObject({
      userId: id,
      belowCredentialVersion: 4,
    })
  })

  it('does not take a password it had before', async () => {
    const { id } = await withoutPassword()
    const { rowCount } = await identity.database.pool.query(
      'SELECT FROM password_history WHERE user_id = $1',
      [id],
    )
    expect(rowCount).toBe(1)
  })
})
