/** A password that another system hashed: it opens the account once, and is then hashed as all others are. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createImportedHashes } from '../src/store/imported-hashes.ts'
import { type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity()
})
afterAll(() => identity.close())

/** Openwall's vector of what lies beyond bcrypt's 72nd byte. */
const bcryptHash = '$2a$05$abcdefghijklmnopqrstuu5s2v8.iXieOjg/.AySBTTZIIVFJeBui'
const first72 = '0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789'

const setHash = (id: string, hash: string) =>
  identity.database.pool.query('UPDATE password_credentials SET password_hash = $2 WHERE user_id = $1', [
    id,
    hash,
  ])

const hashOf = async (id: string): Promise<string> => {
  const { rows } = await identity.database.pool.query<{ password_hash: string }>(
    'SELECT password_hash FROM password_credentials WHERE user_id = $1',
    [id],
  )
  return rows[0]?.password_hash ?? ''
}

describe('ASVS 6.2.9: an imported bcrypt hash', () => {
  it('verifies 72 bytes, as bcrypt did, once: from then on it is all of the password that counts', async () => {
    const { id, email } = await identity.register()
    await setHash(id, bcryptHash)
    const whole = `${first72}, and more`
    expect((await identity.login(email, first72.slice(1))).status).toBe(401)
    expect((await identity.login(email, whole)).status).toBe(200)
    expect(await hashOf(id)).toMatch(/^\$argon2id\$v=19\$m=12288,t=3,p=1\$/)
    expect((await identity.login(email, first72)).status).toBe(401)
    expect((await identity.login(email, `${first72}, and other`)).status).toBe(401)
    expect((await identity.login(email, whole)).status).toBe(200)
  })

  it('is rehashed once by two sign-ins at once, and both go on', async () => {
    const { id, email } = await identity.register()
    await setHash(id, '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
    const answers = await Promise.all([identity.login(email, 'U*U'), identity.login(email, 'U*U')])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
    expect(await hashOf(id)).toMatch(/^\$argon2id/)
    expect((await identity.login(email, 'U*U')).status).toBe(200)
  })
})

describe('the shares of imported hashes', () => {
  it('are those of each kind with its parameters, and fall as their owners sign in', async () => {
    const [one, two, three] = await Promise.all([
      identity.register(),
      identity.register(),
      identity.register(),
    ])
    await setHash(one.id, bcryptHash)
    await setHash(two.id, '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW')
    await setHash(three.id, '$pbkdf2-sha256$i=1000$c2FsdA$632Cb1YDZzcNaG1Qp+sBGVfYVSyN5fi2lHHSbFt8ub4')
    const { countShares } = createImportedHashes({ pool: identity.database.pool })
    const shares = await countShares()
    expect(shares.map(({ passwordHash }) => passwordHash.slice(0, 15))).toEqual([
      '$2a$05$CCCCCCCC',
      '$pbkdf2-sha256$',
    ])
    expect(shares[0]?.share).toBeCloseTo(2 * (shares[1]?.share ?? 0))
    expect(shares[0]?.share).toBeLessThan(1)
    await identity.login(two.email, 'U*U')
    expect((await countShares()).map(({ share }) => share)[0]).toBeCloseTo(shares[1]?.share ?? 0)
  })
})
