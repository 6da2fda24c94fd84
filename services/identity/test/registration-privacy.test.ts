import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { goodPassword, type IdentityUnderTest, otherPassword, startIdentity } from './identity-under-test.ts'
import { createVisitor } from './pages-visitor.ts'

let identity: IdentityUnderTest
beforeAll(async () => {
  identity = await startIdentity({ env: { REGISTRATION_PRIVACY: 'strict' } })
})
afterAll(() => identity.close())

const anEmail = () => `new-${createUuid()}@example.com`
const post = (body: object) => identity.call('POST', '/auth/register', { body })
const register = (email: string, password = goodPassword) => post({ email, password, name: 'Jo' })
const verify = (body: object) => identity.call('POST', '/auth/email/verify', { body })
const mailOf = (email: string, count = 1) => identity.mailTo(email, 'email_verification', count)
const somebody = async () => {
  const email = anEmail()
  await register(email)
  await verify({ token: (await mailOf(email)).token })
  return email
}
const mailsTo = async (email: string) => {
  await identity.relayed()
  return identity.neighbours.notification.messages
    .filter(({ recipient }) => recipient === email)
    .map(({ template }) => template)
}

describe('REGISTRATION_PRIVACY=strict', () => {
  it('answers 202 to every address, and one like the other', async () => {
    const known = await somebody()
    const [a, b] = [await register(known), await register(anEmail())]
    expect([a.status, a.text]).toEqual([202, b.text])
    expect([...a.headers.keys()]).toEqual([...b.headers.keys()])
  })

  it('makes the account when its address is proven, verified from the beginning', async () => {
    const email = anEmail()
    await register(email)
    expect((await identity.login(email, goodPassword)).status).toBe(401)
    const { token } = await mailOf(email)
    expect((await verify({ token })).status).toBe(200)
    const { status, body } = await identity.login(email, goodPassword)
    expect([status, body.user]).toEqual([200, expect.objectContaining({ email, email_verified: true })])
    expect(await verify({ token })).toMatchObject({
      status: 400,
      body: { detail: 'Invalid or expired token' },
    })
  })

  it('mails the owner that somebody tried, and gives nobody a link or a code for it', async () => {
    const email = await somebody()
    await register(email.toUpperCase(), otherPassword)
    const { mail } = await identity.mailTo(email, 'registration_attempted')
    expect(mail).toMatchObject({ recipient: email, sealedData: '' })
    expect(await mailsTo(email.toUpperCase())).toEqual([])
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('does the same work for known and unknown addresses: the same statements, the same hash', async () => {
    const known = await somebody()
    await identity.relayed()
    const count = async () => {
      const { rows } = await identity.database.pool.query(
        'SELECT (SELECT count(*) FROM email_proofs) AS proofs, (SELECT count(*) FROM pending_registrations) AS pending, (SELECT count(*) FROM users) AS users',
      )
      return Object.values(rows[0]).map(Number) as [number, number, number]
    }
    const [proofs, pending, users] = await count()
    await register(known)
    await register(anEmail())
    expect(await count()).toEqual([proofs + 2, pending + 2, users])
  })

  it('lets one of two registrations of one address win, and one proof once under parallel requests', async () => {
    const email = anEmail()
    await register(email)
    await register(email, otherPassword)
    await mailOf(email, 2)
    const mails = identity.neighbours.notification.messages.filter(({ recipient }) => recipient === email)
    const tokens = await Promise.all(mails.map(async mail => (await identity.unseal(mail.sealedData)).token))
    const answers = await Promise.all([...tokens, ...tokens, ...tokens].map(token => verify({ token })))
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1)
    const logins = [await identity.login(email, goodPassword), await identity.login(email, otherPassword)]
    expect(logins.map(({ status }) => status).sort()).toEqual([200, 401])
  })

  it('says what is wrong with input, which tells nothing of who is there', async () => {
    const answers = [await register(await somebody(), 'weak'), await register(anEmail(), 'weak')]
    expect(answers.map(({ status, body }) => [status, JSON.stringify(body.errors)])).toEqual(
      Array(2).fill([400, JSON.stringify(answers[0]?.body.errors)]),
    )
  })

  it('leads every browser to the code, and takes it where there is one', async () => {
    const taken = await somebody()
    const email = anEmail()
    const pages = []
    for (const address of [taken, email]) {
      const visitor = createVisitor(identity)
      const form = await visitor.open('/register')
      const { status, headers } = await visitor.submit(form, {
        name: 'Jo',
        email: address,
        password: goodPassword,
      })
      expect(status).toBe(303)
      const page = await visitor.open(String(headers.get('location')))
      pages.push({ visitor, page, text: page.text.replace(/value="[^"]*"/g, '') })
    }
    expect(pages[0]?.text).toBe(pages[1]?.text)
    const [, fresh] = pages
    const { code } = await mailOf(email)
    expect((await fresh?.visitor.submit(fresh.page, { code }))?.status).toBe(303)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })

  it('sends another mail for a registration that waits, from the page of its browser', async () => {
    const email = anEmail()
    const visitor = createVisitor(identity)
    const form = await visitor.open('/register')
    const { headers } = await visitor.submit(form, { name: 'Jo', email, password: goodPassword })
    await mailOf(email)
    const page = await visitor.open(String(headers.get('location')))
    const [, csrf = ''] = /name="csrf" value="([^"]*)"/.exec(page.text) ?? []
    const [, request = ''] = /name="request" value="([^"]*)"/.exec(page.text) ?? []
    expect((await visitor.send('POST', '/verify-email/resend', { csrf, request })).status).toBe(303)
    const { token } = await mailOf(email, 2)
    expect((await verify({ token })).status).toBe(200)
    expect((await identity.login(email, goodPassword)).status).toBe(200)
  })
})
