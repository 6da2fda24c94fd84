/** CHECKLIST 34: what guards the ways in, in a whole suite behind a proxy, with the services of others in one server. */
import { createHash } from 'node:crypto'
import { readdir, readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { findChromium, startBrowser, whyNoBrowser, withBrowserPage } from '../src/browser.ts'
import { aPerson, createDevice, inParallel, statusesOf } from '../src/person.ts'
import { type OwnSuite, startSuite } from '../src/suite.ts'

const breached = 'Known-To-All-99!'
const elsewhere = { email: 'from-elsewhere@example.com', password: 'What-It-Was-There-1!' }
const legacySecret = 'a-secret-between-the-two'
const challengeSecret = 'secret-of-the-site'
const challengeScript = 'https://challenges.cloudflare.com/turnstile/v0/api.js'

/** Breached passwords, a legacy login and a challenge. */
const answerFor = (url: string, body: string): { status: number; text: string } => {
  if (url.startsWith('/range/')) {
    const suffix = createHash('sha1').update(breached).digest('hex').toUpperCase().slice(5)
    return { status: 200, text: `${suffix}:99` }
  }
  if (url === '/siteverify') {
    const success = new URLSearchParams(body).get('response') === 'good'
    return { status: 200, text: JSON.stringify({ success }) }
  }
  const asked = JSON.parse(body) as typeof elsewhere
  const isRight = asked.email === elsewhere.email && asked.password === elsewhere.password
  return isRight
    ? { status: 200, text: JSON.stringify({ email: elsewhere.email, email_verified: true }) }
    : { status: 401, text: '' }
}

/** The element of the widget gets something to be seen, and its form the token. */
const asTurnstileDoes = `
addEventListener('DOMContentLoaded', fill)
if (document.readyState !== 'loading') fill()
function fill() {
  const place = document.querySelector('.cf-turnstile')
  if (place.childElementCount > 0) return
  const token = document.createElement('input')
  Object.assign(token, { type: 'hidden', name: 'cf-turnstile-response', value: 'good' })
  place.append(token, place.dataset.sitekey + ' is met')
}
`

let others: Server
let suite: OwnSuite
beforeAll(async () => {
  others = createServer(async (req, res) => {
    let body = ''
    for await (const chunk of req) body += String(chunk)
    const { status, text } = answerFor(req.url ?? '', body)
    res.writeHead(status).end(text)
  })
  await new Promise<void>(resolve => others.listen(0, '127.0.0.1', resolve))
  const url = `http://127.0.0.1:${(others.address() as AddressInfo).port}`
  suite = await startSuite({
    settings: {
      TRUSTED_PROXIES: '127.0.0.0/8',
      RATE_LIMIT_LOGIN_MAX_REQUESTS: '5',
      RATE_LIMIT_SUBNET_FACTOR: '4',
      BREACHED_PASSWORDS_URL: url,
      LEGACY_LOGIN_URL: `${url}/login`,
      LEGACY_LOGIN_SECRET: legacySecret,
      CHALLENGE_VERIFY_URL: `${url}/siteverify`,
      CHALLENGE_SECRET: challengeSecret,
      CHALLENGE_SITE_KEY: 'site-key',
      CHALLENGE_SCRIPT_URL: challengeScript,
      CHALLENGE_AFTER_FAILURES: '3',
    },
  })
})
afterAll(async () => {
  await suite.stop()
  others.close()
})

const deviceAt = (address: string) => createDevice(suite, { headers: { 'X-Forwarded-For': address } })

describe('abuse', () => {
  it('a /24 is one subject in the end, however many addresses of it are used at once', async () => {
    const guessAt = (address: string) =>
      deviceAt(address).tryToSignIn({ email: aPerson().email, password: 'Wrong-Guess-1!' })
    // More at once, and on a busy machine the gateway may count by itself for a moment.
    const answers = await inParallel(40, index => guessAt(`198.51.100.${index + 1}`), 10)
    expect(answers.filter(({ status }) => status === 429)).toHaveLength(20)
    expect(
      await deviceAt('203.0.113.1').tryToSignIn({ email: aPerson().email, password: 'x' }),
    ).toMatchObject({
      status: 401,
    })
  })

  it('a breached password is refused, and the answer says so', async () => {
    const refused = await deviceAt('203.0.113.10').send('POST', '/auth/register', {
      json: { ...aPerson(), password: breached },
    })
    expect(refused).toMatchObject({ status: 400, json: { errors: [{ code: 'password_breached' }] } })
  })

  it('who comes from elsewhere signs in with the password that they had there', async () => {
    const device = deviceAt('203.0.113.20')
    expect(await device.tryToSignIn({ ...elsewhere, password: 'Wrong-Guess-1!' })).toMatchObject({
      status: 401,
    })
    // A busy machine may answer 503 first, which says to come again.
    const { json } = await eventually(async () => {
      const answer = await device.tryToSignIn(elsewhere)
      expect(answer.status).toBe(200)
      return answer
    })
    expect(json).toMatchObject({ user: { email: elsewhere.email, email_verified: true } })
  })

  it('after failures of an address, a challenge is asked for and met', async () => {
    const device = deviceAt('192.0.2.77')
    const person = aPerson()
    await deviceAt('203.0.113.30').register(person)
    const failed = []
    for (let time = 0; time < 3; time += 1)
      failed.push(await device.tryToSignIn({ email: aPerson().email, password: 'Wrong-Guess-1!' }))
    expect(statusesOf(failed)).toEqual([401, 401, 401])
    const { email, password } = person
    const asked = await device.send('POST', '/auth/login', { json: { email, password } })
    expect(asked).toMatchObject({
      status: 403,
      json: { code: 'CHALLENGE_REQUIRED', challenge: { field: 'challenge_token' } },
    })
    const met = await device.send('POST', '/auth/login', {
      json: { email, password, challenge_token: 'good' },
    })
    expect(met.status).toBe(200)
  })

  const executablePath = findChromium()
  const inBrowser = executablePath === undefined ? it.skip : it

  inBrowser(
    `a page shows the widget and is signed in with it${executablePath === undefined ? ` (${whyNoBrowser})` : ''}`,
    async () => {
      const address = '192.0.2.88'
      const person = aPerson()
      await deviceAt('203.0.113.31').register(person)
      for (let time = 0; time < 3; time += 1)
        await deviceAt(address).tryToSignIn({ email: aPerson().email, password: 'Wrong-Guess-1!' })
      const browser = await startBrowser(executablePath ?? '')
      try {
        await withBrowserPage(
          browser,
          { extraHTTPHeaders: { 'X-Forwarded-For': address } },
          async (page, said) => {
            await page.route(challengeScript, route => route.fulfill({ body: asTurnstileDoes }))
            await page.goto(`${suite.gateway}/login`)
            await page.getByText('site-key is met').waitFor()
            await page.getByLabel('Email address').fill(person.email)
            await page.getByLabel('Password').fill(person.password)
            await page.getByRole('button', { name: 'Sign in', exact: true }).click()
            await page.waitForURL(`${suite.gateway}/account`)
            expect(said).toEqual([])
          },
        )
      } finally {
        await browser.close()
      }
    },
  )

  it('no log has a secret of the others, or a password', async () => {
    const folder = join(suite.dataDir, 'logs')
    const texts = await Promise.all((await readdir(folder)).map(name => readFile(join(folder, name), 'utf8')))
    const logs = texts.join('\n')
    for (const secret of [legacySecret, challengeSecret, elsewhere.password, breached])
      expect(logs).not.toContain(secret)
  })
})
