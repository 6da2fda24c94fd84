/** PUT /auth/password (SPEC §2.2; CHECKLIST 33, 37). */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { aPerson, createDevice, inParallel, statusesOf } from '../src/person.ts'
import { problemIn, refusedFields } from '../src/problems.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async () => {
  const person = aPerson()
  const device = createDevice(suite)
  const signedIn = await device.register(person)
  const change = (currentPassword: string, newPassword: string) =>
    device.send('PUT', '/auth/password', {
      bearer: signedIn.access_token,
      json: { current_password: currentPassword, new_password: newPassword },
    })
  return { person, device, signedIn, change }
}

const newPassword = 'Quite-Another-2!'

describe('PUT /auth/password', () => {
  it('puts the new password in the place of the old one', async () => {
    const { person, change } = await somebody()
    expect((await change(person.password, newPassword)).status).toBe(200)
    expect((await createDevice(suite).tryToSignIn(person)).status).toBe(401)
    await createDevice(suite).signIn({ ...person, password: newPassword })
  })

  it('ends the other sessions, their access and refresh tokens, and keeps its own (ASVS 7.4.3)', async () => {
    const { person, device, signedIn, change } = await somebody()
    const phone = createDevice(suite)
    const onPhone = await phone.signIn(person)
    await change(person.password, newPassword)

    expect((await phone.send('GET', '/auth/me', { bearer: onPhone.access_token })).status).toBe(401)
    expect((await phone.tryToRefresh(onPhone.refresh_token)).status).toBe(401)
    expect((await device.send('GET', '/auth/me', { bearer: signedIn.access_token })).status).toBe(200)
    await device.refresh(signedIn.refresh_token)
  })

  it('needs the current password', async () => {
    const { person, change } = await somebody()
    const answer = await change('Wrong-Guess-1!', newPassword)
    expect(problemIn(answer)).toMatchObject({ status: 400, code: 'INVALID_CREDENTIALS' })
    expect(refusedFields(answer)).toEqual(['current_password: wrong_password'])
    await createDevice(suite).signIn(person)
  })

  it('holds the new password to the policy', async () => {
    const { person, change } = await somebody()
    expect(refusedFields(await change(person.password, 'password123'))).toEqual(
      expect.arrayContaining([
        'new_password: password_needs_upper_case',
        'new_password: password_too_common',
      ]),
    )
  })

  it('refuses the last five passwords, and takes the one before them', async () => {
    const { person, change } = await somebody()
    const passwords = [person.password, ...[1, 2, 3, 4, 5].map(each => `Number-${each}-Pass!`)]
    for (const [index, next] of passwords.slice(1).entries())
      expect((await change(passwords[index] ?? '', next)).status).toBe(200)
    const [oldest = '', ...lastFive] = passwords
    const current = lastFive.at(-1) ?? ''
    for (const old of lastFive)
      expect(refusedFields(await change(current, old))).toEqual(['new_password: password_used_before'])
    expect((await change(current, oldest)).status).toBe(200)
  })

  it('succeeds once where the same change is asked for ten times at once', async () => {
    const { person, change } = await somebody()
    const answers = await inParallel(4, index => change(person.password, `Parallel-Pass-${index}!`))
    expect(statusesOf(answers).filter(status => status === 200)).toHaveLength(1)
    expect(answers.every(({ status }) => status < 500)).toBe(true)
    const winner = answers.findIndex(({ status }) => status === 200)
    await createDevice(suite).signIn({ ...person, password: `Parallel-Pass-${winner}!` })
  })
})
