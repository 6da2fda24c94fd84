import { describe, expect, it } from '@jest/globals'
import {
  type AuthClientOptions,
  AuthConnectionError,
  AuthProblem,
  createAuthClient,
  createMemoryStorage,
  createWebStorage,
  isAuthProblem,
  NotSignedInError,
} from '../../src/client.ts'
import { startedAt } from '../issuer.ts'
import { createFirstPartyApi, user } from './first-party-api.ts'

const credentials = { email: user.email, password: 'Correct.Horse.7' }

const aClient = (options: Partial<AuthClientOptions> = {}) => {
  const api = createFirstPartyApi()
  const clock = { now: startedAt }
  const client = createAuthClient({
    baseUrl: 'https://id.example/',
    fetch: api.fetch,
    now: () => clock.now,
    ...options,
  })
  const passSeconds = (seconds: number) => {
    clock.now = new Date(clock.now.getTime() + seconds * 1000)
  }
  return { api, client, passSeconds }
}

const refreshes = (calls: readonly string[]) => calls.filter(call => call === 'POST /auth/refresh').length

/** As much of a browser's storage as is used. */
const aBrowserStorage = () => {
  const items = new Map<string, string>()
  return {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
    removeItem: (key: string) => void items.delete(key),
  }
}

describe('a sign-in', () => {
  it('gives the user and keeps the tokens', async () => {
    const { client } = aClient()
    await expect(client.login(credentials)).resolves.toEqual(user)
    await expect(client.accessToken()).resolves.toBe('access-1')
    await expect(client.me()).resolves.toEqual(user)
  })

  it('by registration says whether the user is signed in already', async () => {
    const { api, client } = aClient()
    const registration = { ...credentials, name: 'Ada' }
    await expect(client.register(registration)).resolves.toEqual({ outcome: 'signed_in', user })
    api.instead.set('POST /auth/register', () => Response.json({ user }, { status: 201 }))
    await expect(client.register(registration)).resolves.toEqual({ outcome: 'verification_required', user })
    api.instead.set('POST /auth/register', () => new Response('{}', { status: 202 }))
    await expect(client.register(registration)).resolves.toEqual({
      outcome: 'verification_required',
      user: undefined,
    })
  })

  it('carries cookies to another origin only where told so, and follows no redirect', async () => {
    const sent: string[] = []
    const { api } = aClient()
    const record: typeof fetch = (input, init) => {
      const { credentials: cookies, redirect } = new Request(input, init)
      sent.push(`${cookies}, ${redirect}`)
      return api.fetch(input, init)
    }
    await aClient({ fetch: record }).client.login(credentials)
    await aClient({ fetch: record, credentials: 'include' }).client.login(credentials)
    expect(sent).toEqual(['same-origin, manual', 'include, manual'])
  })

  it('is needed first', async () => {
    const { api, client } = aClient()
    await expect(client.me()).rejects.toThrow(NotSignedInError)
    await expect(client.refresh()).rejects.toMatchObject({ code: 'not_signed_in' })
    expect(api.calls).toEqual([])
  })
})

describe('tokens', () => {
  it('are refreshed shortly before they end', async () => {
    const { api, client, passSeconds } = aClient()
    await client.login(credentials)
    passSeconds(869)
    await client.me()
    expect(refreshes(api.calls)).toBe(0)
    passSeconds(1)
    await client.me()
    await expect(client.accessToken()).resolves.toBe('access-2')
    expect(refreshes(api.calls)).toBe(1)
  })

  it('are refreshed once for twenty calls at a time', async () => {
    const { api, client, passSeconds } = aClient()
    await client.login(credentials)
    passSeconds(900)
    await Promise.all(Array.from({ length: 20 }, () => client.me()))
    expect(refreshes(api.calls)).toBe(1)
    await Promise.all(Array.from({ length: 20 }, () => client.refresh()))
    expect(refreshes(api.calls)).toBe(2)
  })

  it('are refreshed, and the call repeated, when the server says TOKEN_EXPIRED', async () => {
    const { api, client } = aClient()
    await client.login(credentials)
    api.expire()
    await expect(Promise.all([client.me(), client.me(), client.me()])).resolves.toEqual([user, user, user])
    expect(refreshes(api.calls)).toBe(1)
  })

  it('are refreshed once by two tabs that share them', async () => {
    const storage = createWebStorage(aBrowserStorage())
    const { api, client, passSeconds } = aClient({ storage })
    await client.login(credentials)
    passSeconds(900)
    const otherTab = createAuthClient({
      baseUrl: 'https://id.example',
      fetch: api.fetch,
      storage,
      now: () => new Date(startedAt.getTime() + 900_000),
    })
    await Promise.all([client.me(), otherTab.me(), client.me(), otherTab.me()])
    expect(refreshes(api.calls)).toBe(1)
    await expect(otherTab.accessToken()).resolves.toBe('access-2')
  })

  it('outlive the page in the storage of a browser, and nonsense in it is nobody', async () => {
    const items = aBrowserStorage()
    const { api, client } = aClient({ storage: createWebStorage(items, 'tokens') })
    await client.login(credentials)
    const reloaded = aClient({ fetch: api.fetch, storage: createWebStorage(items, 'tokens') })
    await expect(reloaded.client.me()).resolves.toEqual(user)
    for (const text of ['{', 'null', '{"accessToken":1}']) {
      items.setItem('tokens', text)
      await expect(reloaded.client.me()).rejects.toThrow(NotSignedInError)
    }
  })

  it('stay where a refresh was not answered: the next try gets the same successor', async () => {
    const { api, client, passSeconds } = aClient()
    await client.login(credentials)
    passSeconds(900)
    api.instead.set('POST /auth/refresh', () => Promise.reject(new TypeError('fetch failed')))
    await expect(client.me()).rejects.toThrow(AuthConnectionError)
    api.instead.set('POST /auth/refresh', () => api.problem(503, 'SERVICE_UNAVAILABLE', 'Later'))
    await expect(client.me()).rejects.toThrow(AuthProblem)
    await expect(client.me()).resolves.toEqual(user)
  })

  it('are forgotten when the session has ended elsewhere, and the app is told', async () => {
    let signedOut = 0
    const { api, client } = aClient({
      onSignedOut: () => {
        signedOut += 1
      },
    })
    await client.login(credentials)
    api.endSession()
    await expect(client.me()).rejects.toMatchObject({ code: 'INVALID_REFRESH_TOKEN' })
    expect(signedOut).toBe(1)
    await expect(client.me()).rejects.toThrow(NotSignedInError)
  })

  it('of a refresh that a logout overtook are not kept', async () => {
    const storage = createMemoryStorage()
    const { api, client } = aClient({ storage })
    await client.login(credentials)
    const refresh = client.refresh()
    await client.logout()
    await refresh.catch(() => undefined)
    expect(await storage.load()).toBeUndefined()
    expect(api.calls).toContain('POST /auth/logout')
  })
})

describe('a logout', () => {
  it('forgets the tokens', async () => {
    const { client } = aClient()
    await client.login(credentials)
    await client.logout()
    await expect(client.accessToken()).rejects.toThrow(NotSignedInError)
  })

  it('of a session that has ended already is one', async () => {
    const { api, client } = aClient()
    await client.login(credentials)
    api.endSession()
    await expect(client.logout()).resolves.toBeUndefined()
    await expect(client.logout()).resolves.toBeUndefined()
  })

  it('that nobody has confirmed is none', async () => {
    const { api, client } = aClient()
    await client.login(credentials)
    api.instead.set('POST /auth/logout', () => api.problem(503, 'SERVICE_UNAVAILABLE', 'Later'))
    await expect(client.logout()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    await expect(client.accessToken()).resolves.toBe('access-1')
  })
})

describe('the health of the installation', () => {
  const health = { status: 'unhealthy', version: '1', dependencies: {}, still_works: [] }

  it('is told where it is bad, too', async () => {
    const { api, client } = aClient()
    api.instead.set('GET /auth/health', () => Response.json(health, { status: 503 }))
    await expect(client.health()).resolves.toEqual(health)
  })

  it('is not what a problem, or a proxy’s page, says', async () => {
    const { api, client } = aClient()
    api.instead.set('GET /auth/health', () => api.problem(503, 'SERVICE_UNAVAILABLE', 'Later'))
    await expect(client.health()).rejects.toMatchObject({ code: 'SERVICE_UNAVAILABLE' })
    api.instead.set('GET /auth/health', () => new Response('<h1>Later</h1>', { status: 503 }))
    await expect(client.health()).rejects.toThrow(AuthConnectionError)
  })
})

describe('RFC 9457: a problem', () => {
  it('narrows by its code, with what belongs to it', async () => {
    const { api, client } = aClient()
    api.instead.set('POST /auth/login', () =>
      api.problem(429, 'ACCOUNT_LOCKED', 'Account temporarily locked', { 'retry-after': '1800' }),
    )
    const error = await client.login(credentials).catch((caught: unknown) => caught)
    if (!isAuthProblem(error, 'ACCOUNT_LOCKED')) throw new Error('another outcome', { cause: error })
    const code: 'ACCOUNT_LOCKED' = error.code
    expect(code).toBe('ACCOUNT_LOCKED')
    expect(error).toMatchObject({
      status: 429,
      detail: 'Account temporarily locked',
      retryAfterSeconds: 1800,
      requestId: 'request-1',
      errors: [],
    })
    expect(isAuthProblem(error)).toBe(true)
    expect(isAuthProblem(error, 'EMAIL_EXISTS')).toBe(false)
  })

  it('of a sign-in that wants a second factor holds what it goes on with', async () => {
    const { api, client } = aClient()
    const answer = { code: 'MFA_REQUIRED', detail: 'more', mfa_token: 'mfa-1', methods: ['totp', 7] }
    const stop = (body: object) =>
      api.instead.set('POST /auth/login', () => Response.json(body, { status: 401 }))
    stop({ ...answer, expires_in: 300 })
    await expect(client.login(credentials)).rejects.toMatchObject({
      mfa: { token: 'mfa-1', methods: ['totp'], expiresInSeconds: 300 },
    })
    stop({ ...answer, mfa_token: 7 })
    await expect(client.login(credentials)).rejects.toMatchObject({ mfa: undefined })
    await expect(client.accessToken()).rejects.toThrow(NotSignedInError)
  })

  it('tells each field that is wrong', async () => {
    const { api, client } = aClient()
    const errors = [{ field: 'password', message: 'needs a digit', code: 'digit' }]
    api.instead.set('POST /auth/register', () =>
      Response.json({ code: 'VALIDATION_FAILED', detail: 'no', errors: [...errors, 7] }, { status: 400 }),
    )
    await expect(client.register({ ...credentials, name: 'Ada' })).rejects.toMatchObject({ errors })
  })

  it('is not what a proxy’s page is', async () => {
    const { api, client } = aClient()
    api.instead.set('POST /auth/login', () => new Response('<h1>Bad gateway</h1>', { status: 502 }))
    await expect(client.login(credentials)).rejects.toMatchObject({
      code: 'connection_failed',
      message: 'POST /auth/login was answered with status 502',
    })
  })

  it('is not looked for where a redirect leads: the password goes to one address', async () => {
    const { api, client } = aClient()
    const elsewhere = { status: 307, headers: { location: 'https://evil.example/auth/login' } }
    api.instead.set('POST /auth/login', () => new Response(null, elsewhere))
    await expect(client.login(credentials)).rejects.toThrow(AuthConnectionError)
    expect(api.calls).toEqual(['POST /auth/login'])
  })
})
