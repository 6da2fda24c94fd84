/** The snippets of the README: each is type-checked, and run against an issuer and an API that are really there. */
import { execFile } from 'node:child_process'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createFirstPartyApi } from './client/first-party-api.ts'
import { athOf, createClientKey } from './dpop/client-key.ts'
import { createIssuer, someClaims } from './issuer.ts'

const run = promisify(execFile)
const packageFolder = join(import.meta.dirname, '..')
const readme = await readFile(join(packageFolder, 'README.md'), 'utf8')
const snippets = new Map(
  [...readme.matchAll(/^```ts (\w+)\n(.*?)^```$/gms)].map(([, name = '', code = '']) => [name, code]),
)

const at = await createIssuer()
const api = createFirstPartyApi()
const audience = 'https://api.example.com'

/** Latchkey, as far as the snippets see it. */
const latchkey = createServer(async (request, response) => {
  const { method = 'GET', url = '/', headers } = request
  const body = method === 'GET' ? null : Buffer.concat(await request.toArray())
  const answer = url.startsWith('/.well-known/jwks.json')
    ? Response.json(at.jwks)
    : url.startsWith('/oauth/introspect')
      ? Response.json({ active: false })
      : await api.fetch(`http://latchkey${url}`, {
          method,
          headers: new Headers(Object.entries(headers).map(([name, value]) => [name, String(value)])),
          body,
        })
  response.writeHead(answer.status, Object.fromEntries(answer.headers)).end(await answer.text())
})

let folder = ''
let issuer = ''
beforeAll(async () => {
  await new Promise<void>(resolve => latchkey.listen(0, '127.0.0.1', resolve))
  issuer = `http://127.0.0.1:${(latchkey.address() as AddressInfo).port}`
  folder = await mkdtemp(join(packageFolder, '.readme-'))
})
afterAll(async () => {
  latchkey.closeAllConnections()
  latchkey.close()
  await rm(folder, { recursive: true, force: true })
})

const inUse = (code: string) => code.replaceAll('https://id.example.com', issuer)

/** Sends requests to the `app` of a snippet, in a process of its own, and gives what was answered. */
const ask = async (name: string, requests: readonly { path: string; headers: Record<string, string> }[]) => {
  const driver = `
    import { createServer } from 'node:http'
    ${inUse(snippets.get(name) ?? '')}
    const listener = 'routing' in app ? (await app.ready(), app.routing) : 'fetch' in app ? undefined : app
    const server = createServer(listener).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const answers = []
    for (const { path, headers } of ${JSON.stringify(requests)}) {
      const answer = listener === undefined
        ? await app.request(path, { headers })
        : await fetch('http://127.0.0.1:' + server.address().port + path, { headers })
      answers.push({ status: answer.status, body: await answer.text() })
    }
    process.stdout.write(JSON.stringify(answers))
    process.exit()`
  const file = join(folder, `${name}-driver.mts`)
  await writeFile(file, driver)
  const { stdout } = await run(process.execPath, [file])
  return JSON.parse(stdout)
}

/** What a snippet prints whose `app` is sent one request with this token. */
const runGuarded = async (name: string, token: string) => {
  const file = join(folder, `${name}-driver.mts`)
  const drive = `
    const server = app.listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    await fetch('http://127.0.0.1:' + server.address().port, { headers: { authorization: 'Bearer ${token}' } })
    process.exit()`
  await writeFile(file, `${inUse(snippets.get(name) ?? '')}\n${drive}`)
  return run(process.execPath, [file])
}

const aLiveToken = (claims: Record<string, unknown> = {}) => {
  const iat = Math.floor(Date.now() / 1000)
  return at.aToken({ iss: issuer, aud: audience, iat, exp: iat + 900, scope: 'orders:read', ...claims })
}
const bearer = (token: string) => ({ authorization: `Bearer ${token}` })

describe('the README', () => {
  it('has snippets that the compiler takes', async () => {
    expect([...snippets.keys()]).toEqual([
      'express',
      'fastify',
      'hono',
      'dpop',
      'replays',
      'introspection',
      'log',
      'client',
      'mfa',
      'provider',
    ])
    for (const [name, code] of snippets) await writeFile(join(folder, `${name}.ts`), `${code}\nexport {}\n`)
    await writeFile(
      join(folder, 'tsconfig.json'),
      JSON.stringify({ extends: '../tsconfig.json', include: ['./*.ts'] }),
    )
    const tsc = join(packageFolder, '../../node_modules/.bin/tsc')
    const said = await run(tsc, ['-p', folder]).catch(failure => failure)
    expect(said.stdout).toBe('')
  })

  it.each(['express', 'fastify', 'hono'])('protects a resource as it says: %s', async name => {
    const answers = await ask(name, [
      { path: '/orders', headers: bearer(aLiveToken()) },
      { path: '/orders', headers: bearer(aLiveToken({ scope: 'openid' })) },
      { path: '/orders', headers: {} },
    ])
    expect(answers).toMatchObject([{ status: 200 }, { status: 403 }, { status: 401 }])
    expect(JSON.parse(answers[0].body)).toEqual({ owner: someClaims.sub })
  })

  it('accepts bound tokens as it says', async () => {
    const client = await createClientKey()
    const token = aLiveToken({ cnf: { jkt: client.thumbprint } })
    const iat = Math.floor(Date.now() / 1000)
    const dpop = await client.aProof({ htu: `${audience}/payments`, ath: athOf(token), iat })
    const bound = { authorization: `DPoP ${token}`, dpop }
    const answers = await ask('dpop', [
      { path: '/payments', headers: bound },
      { path: '/payments', headers: bound },
      { path: '/payments', headers: bearer(aLiveToken()) },
      { path: '/orders', headers: bearer(aLiveToken()) },
    ])
    expect(answers.map(({ status }: { status: number }) => status)).toEqual([200, 401, 401, 200])
  })

  it('logs what was wrong as it says', async () => {
    const { stdout } = await runGuarded('log', aLiveToken({ aud: 'https://other.example' }))
    expect(stdout).toMatch(/^invalid_token audience JWTClaimValidationFailed/)
  })

  it('sees revocation as it says', async () => {
    const headers = bearer(aLiveToken())
    const answers = await ask('introspection', [
      { path: '/offline-first', headers },
      { path: '/always-asked', headers },
    ])
    expect(answers).toMatchObject([{ status: 401 }, { status: 401 }])
  })

  it('signs a user in as it says', async () => {
    const file = join(folder, 'client-driver.mts')
    const code = inUse(snippets.get('client') ?? '')
    await writeFile(file, `${code}\nprocess.stdout.write(JSON.stringify({ user, token }))`)
    const { stdout } = await run(process.execPath, [file])
    expect(JSON.parse(stdout)).toMatchObject({ user: { email: 'ada@example.com' }, token: 'access-1' })
  })

  it('goes on with a second factor as it says', async () => {
    const stop = { code: 'MFA_REQUIRED', detail: 'more', mfa_token: 'mfa-1', methods: ['totp'] }
    api.instead.set('POST /auth/login', () => Response.json(stop, { status: 401 }))
    const file = join(folder, 'mfa-driver.mts')
    const call = `process.stdout.write(JSON.stringify(await signIn('ada@example.com', 'Correct.Horse.7')))`
    await writeFile(file, `${inUse(snippets.get('mfa') ?? '')}\n${call}`)
    const { stdout } = await run(process.execPath, [file])
    expect(JSON.parse(stdout)).toMatchObject({ email: 'ada@example.com' })
    expect(api.calls.slice(-2)).toEqual(['POST /auth/login', 'POST /auth/mfa/verify'])
  })

  it('signs in with a provider as it says, and with no code of somebody else’s', async () => {
    const file = join(folder, 'provider-driver.mts')
    const drive = `
      const items = new Map()
      const kept = {
        getItem: key => items.get(key) ?? null,
        setItem: (key, value) => void items.set(key, value),
        removeItem: key => void items.delete(key),
      }
      const back = state => new URL('https://app.example.com/signed-in?code=code-1&state=' + state)
      const went = await leave(kept)
      const theirs = await arrive(kept, back('state-2')).catch(error => error.message)
      await leave(kept)
      const user = await arrive(kept, back('state-1'))
      process.stdout.write(JSON.stringify([went, theirs, user.email]))`
    await writeFile(file, `${inUse(snippets.get('provider') ?? '')}\n${drive}`)
    const { stdout } = await run(process.execPath, [file])
    expect(JSON.parse(stdout)).toEqual([
      'https://google.example/authorize',
      'Not what this browser began',
      'ada@example.com',
    ])
    expect(api.calls.at(-1)).toBe('POST /auth/oauth/google/callback')
  })
})
