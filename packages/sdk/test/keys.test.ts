import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import type { JSONWebKeySet } from 'jose'
import { createTokenVerifier, KeysUnavailableError, TokenError } from '../src/index.ts'
import { createKeySource, type FetchJwks, type KeySource } from '../src/key-source.ts'
import { createIssuer, issuer, startedAt } from './issuer.ts'

const old = await createIssuer('old')
const young = await createIssuer('young')

/** A publisher of keys that can change them, go away and count its visitors. */
const aPublisher = (first: JSONWebKeySet) => {
  const state = { jwks: first, away: false, fetches: 0, now: startedAt }
  const verifier = createTokenVerifier({
    issuer,
    now: () => state.now,
    jwks: async () => {
      state.fetches += 1
      if (state.away) throw new Error('connect ECONNREFUSED')
      return state.jwks
    },
  })
  const passSeconds = (seconds: number) => {
    state.now = new Date(state.now.getTime() + seconds * 1000)
  }
  return { state, verifier, passSeconds }
}

const both = { keys: [...old.jwks.keys, ...young.jwks.keys] }

describe('the published keys', () => {
  it('are fetched once for many tokens at a time', async () => {
    const { state, verifier } = aPublisher(old.jwks)
    await Promise.all(Array.from({ length: 20 }, (_, n) => verifier.verify(old.aToken({ jti: `${n}` }))))
    expect(state.fetches).toBe(1)
  })

  it('are fetched again for a key that is not among them', async () => {
    const { state, verifier, passSeconds } = aPublisher(old.jwks)
    await verifier.verify(old.aToken())
    state.jwks = both
    passSeconds(5)
    await expect(verifier.verify(young.aToken())).resolves.toBeDefined()
    await expect(verifier.verify(old.aToken())).resolves.toBeDefined()
    expect(state.fetches).toBe(2)
  })

  it('are asked for again within moments by one who has none yet', async () => {
    const { state, verifier, passSeconds } = aPublisher(old.jwks)
    state.away = true
    await expect(verifier.preload()).rejects.toThrow(KeysUnavailableError)
    await expect(verifier.verify(old.aToken())).rejects.toThrow(KeysUnavailableError)
    expect(state.fetches).toBe(1)
    state.away = false
    passSeconds(0.25)
    await expect(verifier.verify(old.aToken())).resolves.toBeDefined()
  })

  it('are not fetched for each made-up key: one visit in five seconds', async () => {
    const { state, verifier, passSeconds } = aPublisher(old.jwks)
    await verifier.preload()
    passSeconds(5)
    for (let n = 0; n < 20; n += 1) {
      await expect(verifier.verify(old.aToken({}, { kid: `made-up-${n}` }))).rejects.toThrow(TokenError)
    }
    expect(state.fetches).toBe(2)
  })

  it('stay in use while their publisher is away', async () => {
    const { state, verifier, passSeconds } = aPublisher(old.jwks)
    await verifier.preload()
    state.away = true
    passSeconds(600)
    await expect(verifier.verify(old.aToken({ jti: 'after' }))).resolves.toBeDefined()
  })

  it('end what they verified once they are withdrawn', async () => {
    const { state, verifier, passSeconds } = aPublisher(both)
    const token = old.aToken()
    await verifier.verify(token)
    state.jwks = young.jwks
    passSeconds(300)
    await verifier.verify(token)
    await new Promise(setImmediate)
    await expect(verifier.verify(token)).rejects.toThrow('Invalid token')
  })

  it('are not guessed: without them nothing is said about a token, which is nobody’s 401', async () => {
    const { state, verifier, passSeconds } = aPublisher(old.jwks)
    state.away = true
    await expect(verifier.preload()).rejects.toThrow(KeysUnavailableError)
    await expect(verifier.verify(old.aToken())).rejects.toThrow(KeysUnavailableError)
    expect(state.fetches).toBe(1)
    state.away = false
    passSeconds(5)
    await expect(verifier.verify(old.aToken())).resolves.toBeDefined()
  })

  it('are read from an address, which may not redirect to another', async () => {
    const server = createServer((request, response) => {
      if (['/jwks.json', '/.well-known/jwks.json'].includes(request.url ?? ''))
        response.end(JSON.stringify(old.jwks))
      else response.writeHead(302, { location: '/jwks.json' }).end()
    }).listen(0, '127.0.0.1')
    await new Promise(resolve => server.once('listening', resolve))
    const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`
    try {
      const direct = createTokenVerifier({ issuer, jwks: `${origin}/jwks.json`, now: () => startedAt })
      await expect(direct.verify(old.aToken())).resolves.toBeDefined()
      const there = { iss: origin, aud: origin }
      const unnamed = createTokenVerifier({ issuer: origin, now: () => startedAt })
      await expect(unnamed.verify(old.aToken(there))).resolves.toBeDefined()
      const redirected = createTokenVerifier({ issuer, jwks: `${origin}/moved`, now: () => startedAt })
      await expect(redirected.verify(old.aToken())).rejects.toThrow(KeysUnavailableError)
    } finally {
      server.close()
    }
  })
})

describe('the published keys, where work ends with the request that began it (Workers)', () => {
  const aSource = (fetchJwks: FetchJwks) => {
    const state = { now: startedAt, changes: 0 }
    const source = createKeySource({
      fetchJwks,
      now: () => state.now,
      maxAgeSeconds: 300,
      cooldownSeconds: 5,
      keepsWork: false,
      onChange: () => {
        state.changes += 1
      },
    })
    const passSeconds = (seconds: number) => {
      state.now = new Date(state.now.getTime() + seconds * 1000)
    }
    return { state, source, passSeconds }
  }
  const keyOf = ({ getKey }: KeySource, kid: string) =>
    getKey({ alg: 'ES256', kid }, { payload: '', signature: '' })

  it('are not waited for by one request where another has begun to fetch them', async () => {
    const ended = new Promise<never>(() => undefined)
    const fetches = [Promise.resolve(old.jwks), ended, Promise.resolve(both)]
    const { source, passSeconds } = aSource(() => fetches.shift() ?? ended)
    await source.preload()
    passSeconds(300)
    void source.keepFresh()
    await expect(keyOf(source, 'young')).resolves.toBeDefined()
    expect(fetches).toEqual([])
  })

  it('are renewed before an answer, not after it, and stay where that fails', async () => {
    const fetches = [() => old.jwks, () => both, () => Promise.reject(new Error('away'))]
    const { state, source, passSeconds } = aSource(async () => (fetches.shift() ?? (() => old.jwks))())
    await source.preload()
    passSeconds(300)
    await source.keepFresh()
    expect([state.changes, fetches.length]).toEqual([2, 1])
    passSeconds(300)
    await source.keepFresh()
    expect([state.changes, fetches.length]).toEqual([2, 0])
    await expect(keyOf(source, 'young')).resolves.toBeDefined()
  })
})
