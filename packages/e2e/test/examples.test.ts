/** The examples, each by its one command against the suite, used as its users would. */
import { execFile } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { root } from '@latchkey/launcher/stack'
import {
  createPlainBrowser,
  eventually,
  freePort,
  type PlainBrowser,
  type PlainPage,
} from '@latchkey/testkit'
import { call } from '../src/call.ts'
import { type RunningExample, startExample, startServingExample } from '../src/example.ts'
import { aPerson, createDevice, type Person } from '../src/person.ts'
import { type Suite, sharedSuite } from '../src/suite.ts'

let suite: Suite
beforeAll(async () => {
  suite = await sharedSuite()
})

const somebody = async (): Promise<Person> => {
  const person = aPerson({ name: 'Ada <Lovelace>' })
  await createDevice(suite).register(person)
  return person
}

const pathOf = ({ url }: PlainPage): string => url.pathname + url.search

/** From the page that asks who is there to the one that Latchkey sends the browser back to. */
const signInAtLatchkey = async (latchkey: PlainBrowser, path: string, person: Person): Promise<PlainPage> => {
  const login = await latchkey.open(path)
  const { email, password } = person
  const consent = await latchkey.submit(login, { email, password })
  return latchkey.submit(consent, { decision: 'allow' })
}

describe('npm run example', () => {
  it('says which examples there are', async () => {
    const example = startExample(suite, 'nonsense')
    await example.said(/command-line-app, machine-client, resource-server, single-page-app, web-app/)
    expect(await example.ended()).toBe(2)
  })

  it('says so where no Latchkey runs', async () => {
    const example = startExample({ ...suite, dataDir: '/nonexistent' }, 'machine-client')
    await example.said(/npm start/)
    expect(await example.ended()).toBe(1)
  })

  it('says so where none answers', async () => {
    const example = startExample(suite, 'machine-client', { LATCHKEY_ISSUER: 'http://127.0.0.1:9' })
    await example.said(/No Latchkey answers at http:\/\/127\.0\.0\.1:9/)
    expect(await example.ended()).toBe(1)
  })

  it('is what each README tells', async () => {
    for (const name of [
      'web-app',
      'single-page-app',
      'command-line-app',
      'resource-server',
      'machine-client',
    ])
      expect(await readFile(join(root, 'examples', name, 'README.md'), 'utf8')).toContain(
        `npm run example ${name}`,
      )
  })
})

describe('what the READMEs tell operators to type', () => {
  const documents = [
    'packages/sdk',
    ...['web-app', 'single-page-app', 'command-line-app', 'resource-server', 'machine-client'].map(
      name => `examples/${name}`,
    ),
  ]

  it.each(documents)('works: %s', async folder => {
    const readme = await readFile(join(root, folder, 'README.md'), 'utf8')
    const commands = [...readme.matchAll(/`latchkey (admin (?:client|scope) create [^`]+)`/g)]
    expect(commands).toHaveLength(1)
    for (const [, command = ''] of commands) {
      const { output, code } = await runLatchkey(command)
      // A suite that is tested again has the scope already.
      expect({ output, code: /There is a scope of this name/.test(output) ? 0 : code }).toMatchObject({
        code: 0,
      })
    }
  })

  const runLatchkey = async (command: string): Promise<{ output: string; code: unknown }> => {
    const env = { ...process.env, LATCHKEY_DATA_DIR: suite.dataDir }
    const ran = promisify(execFile)('sh', ['-c', `./latchkey ${command}`], { cwd: root, env })
    return ran.then(
      ({ stdout, stderr }) => ({ output: stdout + stderr, code: 0 }),
      (failure: { stdout: string; stderr: string; code: unknown }) => ({
        output: failure.stdout + failure.stderr,
        code: failure.code,
      }),
    )
  }
})

describe('the web app', () => {
  let app: Awaited<ReturnType<typeof startServingExample>>
  beforeAll(async () => {
    app = await startServingExample(suite, 'web-app')
  })
  afterAll(() => app?.stop())

  const signedIn = async () => {
    const person = await somebody()
    const [browser, latchkey] = [createPlainBrowser(app.origin), createPlainBrowser(suite.gateway)]
    const away = await browser.open('/login')
    expect(away.url.origin).toBe(suite.gateway)
    const back = await signInAtLatchkey(latchkey, pathOf(away), person)
    expect(back.url.origin).toBe(app.origin)
    return { person, browser, latchkey, home: await browser.open(pathOf(back)) }
  }

  it('says so where its port is taken', async () => {
    const { port } = new URL(app.origin)
    const another = startExample(suite, 'web-app', { PORT: port })
    await another.said(new RegExp(`Port ${port} is taken`))
    expect(await another.ended()).toBe(1)
  })

  it('shows who signed in at Latchkey', async () => {
    const { person, home } = await signedIn()
    expect(home.html).toContain('<strong id="name">Ada &#60;Lovelace&#62;</strong>')
    expect(home.html).toContain(person.email)
  })

  it('keeps the tokens to itself, and gives the browser another cookie at the sign-in', async () => {
    const person = await somebody()
    const [browser, latchkey] = [createPlainBrowser(app.origin), createPlainBrowser(suite.gateway)]
    const away = await browser.open('/login')
    const before = browser.cookies()
    const back = await signInAtLatchkey(latchkey, pathOf(away), person)
    const home = await browser.open(pathOf(back))
    expect(browser.cookies()).not.toBe(before)
    expect(home.html + browser.cookies()).not.toMatch(/eyJ/)
  })

  it('renews its tokens, again and again', async () => {
    const { browser } = await signedIn()
    for (const times of [1, 2, 3]) {
      const page = await post(browser, '/refresh')
      expect(page.html).toContain(`<span id="renewals">${times}</span>`)
    }
  })

  it('signs out of itself and of Latchkey', async () => {
    const { browser, latchkey } = await signedIn()
    const away = await post(browser, '/logout')
    expect(away.url.pathname).toBe('/oauth/logout')
    const said = await latchkey.open(pathOf(away))
    const back = said.status === 0 ? said : await latchkey.submit(said, { decision: 'allow' })
    expect(back.url.href).toBe(`${app.origin}/`)
    expect((await browser.open('/')).html).toContain('href="/login"')
    const again = await latchkey.open(pathOf(await browser.open('/login')))
    expect(again.url.pathname).toBe('/login')
  })

  it('says so when its user has said no', async () => {
    const { email, password } = await somebody()
    const [browser, latchkey] = [createPlainBrowser(app.origin), createPlainBrowser(suite.gateway)]
    const login = await latchkey.open(pathOf(await browser.open('/login')))
    const consent = await latchkey.submit(login, { email, password })
    const back = await latchkey.submit(consent, { decision: 'deny' })
    const home = await browser.open(pathOf(back))
    expect(home.html).toContain('(access_denied)')
    expect(home.html).toContain('href="/login"')
  })

  it('asks for a sign-in when the session has ended elsewhere', async () => {
    const { person, browser } = await signedIn()
    const phone = createDevice(suite)
    const { access_token: bearer } = await phone.signIn(person)
    expect((await phone.send('DELETE', '/auth/sessions', { bearer })).status).toBe(200)
    const page = await eventually(async () => {
      const refused = await post(browser, '/refresh')
      if (!refused.html.includes('invalid_grant')) throw new Error('renewed once more')
      return refused
    })
    expect(page.html).toContain('href="/login"')
  })

  it('takes no answer that it did not ask for', async () => {
    const browser = createPlainBrowser(app.origin)
    const answer = '/callback?code=stolen&state=made-up'
    expect((await browser.open(answer)).url.pathname).toBe('/')
    await browser.open('/login')
    expect(await browser.open(answer)).toMatchObject({ status: 400 })
  })

  /** The form of a page with several. */
  const post = (browser: PlainBrowser, path: string): Promise<PlainPage> =>
    browser.submit({ url: new URL(app.origin), status: 200, html: `<form action="${path}">` }, {})
})

describe('the resource server and the machine client', () => {
  let api: Awaited<ReturnType<typeof startServingExample>>
  beforeAll(async () => {
    api = await startServingExample(suite, 'resource-server')
  })
  afterAll(() => api?.stop())

  it('work together: with a bearer, and with a token that is bound to a key', async () => {
    const machine = startExample(suite, 'machine-client', { API_URL: api.origin })
    expect(await machine.ended()).toBe(0)
    expect(machine.output()).toContain("orders: [ 'books', 'tea' ]")
    expect(machine.output()).toContain('payments: [ 42 ]')
  })

  it('says what to start where the API is away', async () => {
    const machine = startExample(suite, 'machine-client', { API_URL: `http://localhost:${await freePort()}` })
    await machine.said(/Nothing answers at \S+ npm run example resource-server/)
    expect(await machine.ended()).toBe(1)
  })

  it('want a token, and one that is for this API', async () => {
    const none = await call(api.origin, 'GET', '/orders')
    expect(none.status).toBe(401)
    expect(none.headers['www-authenticate']).toMatch(/^Bearer realm="api", DPoP algs="ES256/)
    const { access_token } = await createDevice(suite).register(aPerson())
    const other = await call(api.origin, 'GET', '/orders', { bearer: access_token })
    expect(other.status).toBe(401)
    expect(other.headers['www-authenticate']).toContain('error="invalid_token"')
    await api.said(/refused: invalid_token \(missing\)\nrefused: invalid_token \(audience\)/)
  })
})

describe('the command-line app', () => {
  it('signs its user in once they have confirmed the code in a browser', async () => {
    const person = await somebody()
    const command: RunningExample = startExample(suite, 'command-line-app')
    const [, address = ''] = await command.said(/Open (\S+)/)
    const [, code = ''] = await command.said(/the code (\S+)\./)
    const { pathname, search } = new URL(address)
    const latchkey = createPlainBrowser(suite.gateway)
    const entry = await latchkey.open(pathname + search)
    const login = await latchkey.submit(entry, { user_code: code })
    const confirmation = await latchkey.submit(login, { email: person.email, password: person.password })
    expect(confirmation.html).toContain(code)
    const done = await latchkey.submit(confirmation, { decision: 'allow' })
    expect(done.status).toBe(200)
    expect(await command.ended()).toBe(0)
    expect(command.output()).toContain(`Signed in as ${person.name} <${person.email}>`)
  })

  it('ends with 1 when its user has said no', async () => {
    const { email, password } = await somebody()
    const command = startExample(suite, 'command-line-app')
    const [, address = ''] = await command.said(/Open (\S+)/)
    const { pathname, search, searchParams } = new URL(address)
    const latchkey = createPlainBrowser(suite.gateway)
    const entry = await latchkey.open(pathname + search)
    const login = await latchkey.submit(entry, { user_code: searchParams.get('user_code') ?? '' })
    await latchkey.submit(await latchkey.submit(login, { email, password }), { decision: 'deny' })
    expect(await command.ended()).toBe(1)
    expect(command.output()).toContain('Not signed in: access_denied')
  })
})
