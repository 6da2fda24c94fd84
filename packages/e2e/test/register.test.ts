/** POST /auth/register (SPEC §2.2). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { aPerson, createDevice, inParallel, statusesOf } from '../src/person.ts'
import { problemIn, refusedFields } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const register = (body: unknown) => createDevice(suite).send('POST', '/auth/register', { json: body })

describe('POST /auth/register', () => {
  it('makes an account, signs it in, and never lets the answer be stored', async () => {
    const person = aPerson()
    const answer = await register({ ...person, metadata: { plan: 'free', tags: ['a', 'b'] } })
    expect(answer.status).toBe(201)
    expect(answer.headers['cache-control']).toBe('no-store')
    expect(answer.json).toEqual({
      user: {
        id: expect.stringMatching(/^[0-9a-f-]{36}$/),
        email: person.email,
        name: person.name,
        email_verified: false,
        metadata: { plan: 'free', tags: ['a', 'b'] },
        created_at: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        updated_at: expect.any(String),
      },
      access_token: expect.stringMatching(/^[\w-]+\.[\w-]+\.[\w-]+$/),
      refresh_token: expect.stringMatching(/^lkr_[\w-]{43}$/),
      token_type: 'Bearer',
      expires_in: 900,
      refresh_expires_in: 604_800,
    })
  })

  it('gives tokens that work at once', async () => {
    const device = createDevice(suite)
    const { access_token, user } = await device.register(aPerson())
    const profile = await device.send('GET', '/auth/me', { bearer: access_token })
    expect(profile.json).toMatchObject({ id: user.id, email: user.email })
  })

  it('answers 409 EMAIL_EXISTS for an address that has an account, in whatever case it is written', async () => {
    const person = aPerson()
    await createDevice(suite).register(person)
    const answer = await register({ ...person, email: person.email.toUpperCase() })
    expect(problemIn(answer)).toMatchObject({ status: 409, code: 'EMAIL_EXISTS' })
  })

  it('makes one account of ten parallel registrations', async () => {
    const person = aPerson()
    const answers = await inParallel(10, () => register(person))
    expect(statusesOf(answers)).toEqual([201, ...Array<number>(9).fill(409)])
    await createDevice(suite).signIn(person)
  })

  it('reports every field that is wrong at once', async () => {
    const answer = await register({ email: 'invalid', password: 'test', name: ' ', metadata: [] })
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
    expect(refusedFields(answer)).toEqual(
      expect.arrayContaining([
        'email: email_invalid',
        'password: password_too_short',
        'password: password_needs_upper_case',
        'password: password_needs_digit',
        'password: password_needs_special_character',
        'name: name_required',
        'metadata: invalid_type',
      ]),
    )
    expect(refusedFields(await register({}))).toEqual(
      expect.arrayContaining(['email: required', 'password: required', 'name: required']),
    )
  })

  it('never repeats a password that it refuses', async () => {
    const answer = await register(aPerson({ password: 'nodigitsatall' }))
    expect(answer.status).toBe(400)
    expect(answer.text).not.toContain('nodigitsatall')
  })

  it.each(['123456', 'password', 'abc', 'Password', 'password123', 'PASSWORD123!', 'Password123!'])(
    'refuses the password %s',
    async password => {
      const answer = await register(aPerson({ password }))
      expect(problemIn(answer)).toMatchObject({ status: 400, code: 'VALIDATION_FAILED' })
      expect(refusedFields(answer).every(each => each.startsWith('password: '))).toBe(true)
    },
  )

  it('takes a password of 128 characters whole: not one of them is cut off (ASVS 6.2.9)', async () => {
    const password = `Aa1!${'x'.repeat(123)}y`
    const person = aPerson({ password })
    await createDevice(suite).register(person)
    await createDevice(suite).signIn(person)
    const cut = await createDevice(suite).tryToSignIn({ ...person, password: password.slice(0, -1) })
    expect(cut.status).toBe(401)
    const other = await createDevice(suite).tryToSignIn({ ...person, password: `${password.slice(0, -1)}z` })
    expect(other.status).toBe(401)
  })

  it('takes names and passwords of any script', async () => {
    const person = aPerson({ name: 'Łukasz 李 🦊', password: 'Пароль-Ω-7!aA🔑' })
    const { user } = await createDevice(suite).register(person)
    expect(user).toMatchObject({ name: 'Łukasz 李 🦊' })
    await createDevice(suite).signIn(person)
  })

  it('takes an address with a plus and a domain in another script, and knows it again', async () => {
    const person = aPerson()
    const email = person.email.replace('@example.com', '+tag@bücher.example')
    const { user } = await createDevice(suite).register({ ...person, email })
    expect(user.email).toBe(email.replace('bücher', 'xn--bcher-kva'))
    await createDevice(suite).signIn({ ...person, email })
  })
})
