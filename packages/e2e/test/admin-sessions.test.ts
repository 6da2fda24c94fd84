/** SPEC §2.4: `latchkey admin session`, against users who are signed in. */
import { beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { type Called, latchkey } from '../src/latchkey.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'
import { aRow } from '../src/table-row.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const admin = (...words: string[]): Promise<Called> =>
  latchkey(['admin', 'session', ...words], { LATCHKEY_DATA_DIR: suite.dataDir })

const adminJson = async (...words: string[]): Promise<Record<string, unknown>> => {
  const { code, json, err } = await admin(...words, '--output', 'json')
  expect({ code, err }).toEqual({ code: 0, err: '' })
  return Object(json)
}

describe('latchkey admin session', () => {
  it('lists where a user is signed in, ends one session at once, and says why it ended', async () => {
    const person = aPerson()
    const device = createDevice(suite, { userAgent: 'curl/8.5.0' })
    const { access_token: bearer, refresh_token, user } = await device.register(person)
    const { sessions } = await adminJson('list', person.email)
    expect(sessions).toMatchObject([{ device: 'curl', active: true, review_until: null }])
    const [{ id }] = sessions as [{ id: string }]
    expect((await admin('list', user.id)).out).toMatch(aRow(id, 'curl', '127.0.0.1', /.*/, 'active'))

    expect((await admin('end', id)).code).toBe(2)
    expect((await admin('end', id, '--dry-run')).out).toContain(`would end the session ${id}`)
    expect(await adminJson('end', id, '--dry-run')).toMatchObject({
      would_end: { id, user_id: user.id, device: 'curl' },
    })
    expect((await device.send('GET', '/auth/me', { bearer })).status).toBe(200)
    expect(await adminJson('end', id, '--yes')).toEqual({ id, ended: true })
    await eventually(async () => expect((await device.send('GET', '/auth/me', { bearer })).status).toBe(401))
    expect((await device.tryToRefresh(refresh_token)).status).toBe(401)
    expect((await admin('end', id, '--yes')).code).toBe(5)
    expect(await admin('end', id, '--dry-run')).toMatchObject({ code: 5, out: '' })

    const { terminations } = await adminJson('terminations', '--user', person.email)
    expect(terminations).toMatchObject([{ session_id: id, user_id: user.id, reason: 'ended_by_admin' }])
    expect((await admin('terminations', '--limit', '1')).out.trim().split('\n')).toHaveLength(2)
  })

  it('tells with its exit code that there is no such user or session', async () => {
    expect((await admin('list', 'nobody@example.com')).code).toBe(5)
    expect((await admin('end', '00000000-0000-4000-8000-000000000000', '--yes')).code).toBe(5)
    expect((await admin('end', 'nonsense', '--dry-run')).code).toBe(5)
    expect((await admin('list')).code).toBe(2)
  })
})
