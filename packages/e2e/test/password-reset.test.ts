/** A forgotten password, from the request over the mail to the new one (SPEC §2.2; CHECKLIST 35 to 37). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type Answer, call } from '../src/call.ts'
import { findSecrets, postgresOf } from '../src/haystacks.ts'
import { mailsTo, requestReset, resetMailsTo } from '../src/mails.ts'
import { aPerson, createDevice, inParallel, statusesOf } from '../src/person.ts'
import { problemIn, refusedFields } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const newPassword = 'Quite-Another-2!'

const somebody = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  return { person, device, tokens: await device.register(person) }
}

const ask = (email: string, headers = {}) =>
  call(suite.gateway, 'POST', '/auth/password/reset', { json: { email }, headers })

const confirm = (token: string, password = newPassword) =>
  call(suite.gateway, 'POST', '/auth/password/reset/confirm', { json: { token, new_password: password } })

const withoutNames = ({ status, headers, text }: Answer) => {
  const { 'x-request-id': _id, date: _date, ...others } = headers
  return { status, headers: others, text }
}

describe('POST /auth/password/reset', () => {
  it('answers known and unknown addresses alike, and writes to the known one alone', async () => {
    const { person } = await somebody()
    const stranger = aPerson()
    const unknown = await ask(stranger.email)
    const known = await ask(person.email)
    expect(known.status).toBe(200)
    expect(withoutNames(unknown)).toEqual(withoutNames(known))
    await eventually(async () => expect(await resetMailsTo(suite, person.email)).toHaveLength(1), {
      timeoutMs: 20_000,
    })
    expect(await mailsTo(suite, stranger.email)).toEqual([])
  })

  it('sends a mail with one link that works for an hour, as text and as HTML', async () => {
    const { person } = await somebody()
    const { mail, url } = await requestReset(suite, person.email)
    expect(mail.to).toBe(person.email)
    expect(mail.links).toEqual([url.href])
    expect(mail.text).toContain(url.href)
    expect(mail.text).toMatch(/1 hour/)
    expect(url.pathname).toBe('/reset-password')
    expect(url.searchParams.get('token')).toMatch(/^[\w-]{43}$/)
  })

  it('writes in the language that the browser asks for', async () => {
    const { person } = await somebody()
    const { mail } = await requestReset(suite, person.email, { 'Accept-Language': 'de-CH, en;q=0.5' })
    expect(mail.text).toMatch(/Passwort/)
  })

  it('takes the link from PUBLIC_URL alone, whatever the request says of hosts (CHECKLIST 36)', async () => {
    const { person } = await somebody()
    const { mail, url } = await requestReset(suite, person.email, {
      Host: 'evil.example',
      'X-Forwarded-Host': 'evil.example',
      'X-Forwarded-Proto': 'https',
      'X-Original-Host': 'evil.example',
      Forwarded: 'host=evil.example;proto=https',
      Origin: 'https://evil.example',
      Referer: 'https://evil.example/',
    })
    expect(url.origin).toBe(suite.issuer)
    expect(JSON.stringify(mail)).not.toContain('evil')
  })

  it('keeps no raw token in the database', async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email)
    const rows = await postgresOf(suite)
    expect(findSecrets({ address: person.email }, rows)).not.toEqual([])
    expect(findSecrets({ token }, rows)).toEqual([])
  })
})

describe('POST /auth/password/reset/confirm', () => {
  it('puts the new password in the place of the old one', async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email)
    expect((await confirm(token)).status).toBe(200)
    expect((await createDevice(suite).tryToSignIn(person)).status).toBe(401)
    await createDevice(suite).signIn({ ...person, password: newPassword })
  })

  it('works once', async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email)
    await confirm(token)
    const again = await confirm(token, 'Yet-Another-3!')
    expect(problemIn(again)).toMatchObject({
      status: 400,
      code: 'INVALID_RESET_TOKEN',
      detail: 'Invalid or expired token',
    })
    await createDevice(suite).signIn({ ...person, password: newPassword })
  })

  it('works once under twenty parallel confirmations', async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email)
    const answers = await inParallel(20, index => confirm(token, `Parallel-Pass-${index}!`))
    expect(statusesOf(answers)).toEqual([200, ...Array<number>(19).fill(400)])
    const winner = answers.findIndex(({ status }) => status === 200)
    await createDevice(suite).signIn({ ...person, password: `Parallel-Pass-${winner}!` })
  })

  it('takes the newest link, and no older one once that is used', async () => {
    const { person } = await somebody()
    const first = await requestReset(suite, person.email)
    const second = await requestReset(suite, person.email)
    expect((await confirm(second.token)).status).toBe(200)
    expect((await confirm(first.token, 'Yet-Another-3!')).status).toBe(400)
  })

  it('ends every session and every token (ASVS 7.4.3)', async () => {
    const { person, device, tokens } = await somebody()
    const phone = createDevice(suite)
    const onPhone = await phone.signIn(person)
    const { token } = await requestReset(suite, person.email)
    await confirm(token)
    for (const { access_token, refresh_token } of [tokens, onPhone]) {
      expect((await device.send('GET', '/auth/me', { bearer: access_token })).status).toBe(401)
      expect((await device.tryToRefresh(refresh_token)).status).toBe(401)
    }
  })

  it('unlocks the account', async () => {
    const { person } = await somebody()
    const guess = () => createDevice(suite).tryToSignIn({ ...person, password: 'Wrong-Guess-1!' })
    for (const _ of [1, 2, 3, 4, 5]) await guess()
    expect((await guess()).status).toBe(429)
    const { token } = await requestReset(suite, person.email)
    await confirm(token)
    await createDevice(suite).signIn({ ...person, password: newPassword })
  })

  it('is not used up by a password that is refused', async () => {
    const { person } = await somebody()
    const { token } = await requestReset(suite, person.email)
    expect(refusedFields(await confirm(token, 'password123'))).toEqual(
      expect.arrayContaining(['new_password: password_needs_upper_case']),
    )
    expect(refusedFields(await confirm(token, person.password))).toEqual([
      'new_password: password_used_before',
    ])
    expect((await confirm(token)).status).toBe(200)
  })

  it.each([
    ['made up', 'A'.repeat(43)],
    ['with a letter more', undefined],
  ])('refuses a token that is %s', async (_, made) => {
    const { person } = await somebody()
    const token = made ?? `${(await requestReset(suite, person.email)).token}x`
    expect(problemIn(await confirm(token))).toMatchObject({ status: 400, detail: 'Invalid or expired token' })
  })
})
