import { afterAll, describe, expect, it } from '@jest/globals'
import type { EmailKey } from '../domain/email-address.ts'
import type { RawPassword } from '../domain/password-text.ts'
import { Overloaded } from '../errors.ts'
import { isOutdated, owaspParameters } from './argon2-parameters.ts'
import { createArgon2Pool } from './argon2-pool.ts'
import { createPasswordHasher } from './password-hasher.ts'
import { createStandIns } from './stand-ins.ts'

const pool = createArgon2Pool({ concurrency: 2, queueLimit: 100 })
afterAll(() => pool.close())

const aPassword = (text = 'correct horse') => text as RawPassword

describe('the password hasher', () => {
  it('makes PHC strings with the OWASP parameters and a salt of their own', async () => {
    const hasher = await createPasswordHasher({ pool, parameters: owaspParameters })
    const [one, two] = await Promise.all([hasher.hash(aPassword()), hasher.hash(aPassword())])
    expect(one).toMatch(/^\$argon2id\$v=19\$m=12288,t=3,p=1\$[\w+/]{22}\$[\w+/]{43}$/)
    expect(one).not.toBe(two)
  })

  it('verifies all of a password, past 72 bytes and at every character', async () => {
    const hasher = await createPasswordHasher({ pool, parameters: owaspParameters })
    const long = 'ü'.repeat(127)
    const hash = await hasher.hash(aPassword(`${long}a`))
    expect(await hasher.verify(hash, aPassword(`${long}a`))).toBe(true)
    expect(await hasher.verify(hash, aPassword(`${long}b`))).toBe(false)
    expect(await hasher.verify(hash, aPassword(long))).toBe(false)
    expect(await hasher.verify(hash, aPassword(`${long}a\u0000`))).toBe(false)
  })

  it('never accepts a password for the stand-in of an unknown account', async () => {
    const hasher = await createPasswordHasher({ pool, parameters: owaspParameters })
    expect(await hasher.verifyStandIn(aPassword(''), 'jo@example.com' as EmailKey)).toBe(false)
  })

  it('verifies an imported hash in the place of an unknown account, and accepts nothing for it', async () => {
    const find = () => '$2a$05$CCCCCCCCCCCCCCCCCCCCC.E5YPO9kmyuRGyh0XouQYb4YMJKvyOeW'
    const hasher = await createPasswordHasher({ pool, parameters: owaspParameters, standIns: { find } })
    expect(await hasher.verify(find(), aPassword('U*U'))).toBe(true)
    expect(await hasher.verifyStandIn(aPassword('U*U'), 'jo@example.com' as EmailKey)).toBe(false)
  })

  it('gives an address the same stand-in always, and in every replica', () => {
    const shares = [{ passwordHash: 'imported', share: 0.5 }]
    const [one, two] = [createStandIns(Buffer.alloc(32, 1)), createStandIns(Buffer.alloc(32, 1))]
    const other = createStandIns(Buffer.alloc(32, 2))
    for (const each of [one, two, other]) each.update(shares)
    const addresses = Array.from({ length: 200 }, (_, index) => `u${index}@example.com` as EmailKey)
    const found = addresses.map(one.find)
    expect(addresses.map(two.find)).toEqual(found)
    expect(addresses.map(other.find)).not.toEqual(found)
    const imported = found.filter(each => each === 'imported').length
    expect(imported).toBeGreaterThan(60)
    expect(imported).toBeLessThan(140)
  })

  it('fails for a stored hash that it can not read', async () => {
    const hasher = await createPasswordHasher({ pool, parameters: owaspParameters })
    await expect(hasher.verify('$2b$10$broken', aPassword())).rejects.toThrow('hashing failed')
  })

  it.each([
    ['$argon2id$v=19$m=12288,t=3,p=1$c2FsdA$aGFzaA', false],
    ['$argon2id$v=19$m=19456,t=2,p=1$c2FsdA$aGFzaA', true],
    ['$argon2i$v=19$m=12288,t=3,p=1$c2FsdA$aGFzaA', true],
    ['$2b$10$something', true],
  ])('tells an outdated hash from a present one: %s', (hash, outdated) => {
    expect(isOutdated(hash, owaspParameters)).toBe(outdated)
  })
})

describe('the hashing pool', () => {
  const job = { kind: 'hash', password: 'x', parameters: owaspParameters } as const

  it('works on so many at once, lets so many wait, and refuses the others at once', async () => {
    const small = createArgon2Pool({ concurrency: 1, queueLimit: 2 })
    const results = await Promise.allSettled(Array.from({ length: 5 }, () => small.run(job)))
    expect(results.map(({ status }) => status)).toEqual([
      'fulfilled',
      'fulfilled',
      'fulfilled',
      'rejected',
      'rejected',
    ])
    const last = results.at(-1)
    expect(last?.status === 'rejected' && last.reason).toBeInstanceOf(Overloaded)
    await expect(small.run(job)).resolves.toMatch(/^\$argon2id/)
    await small.close()
  })

  it('fails what waits and runs when it closes, and takes nothing more', async () => {
    const small = createArgon2Pool({ concurrency: 1, queueLimit: 2 })
    const results = Promise.allSettled([small.run(job), small.run(job)])
    await small.close()
    expect((await results).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await expect(small.run(job)).rejects.toBeInstanceOf(Overloaded)
  })
})
