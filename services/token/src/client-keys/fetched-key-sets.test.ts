import { describe, expect, it } from '@jest/globals'
import { OutboundError } from '@latchkey/runtime/outbound'
import { quietLogger } from '@latchkey/service-testkit'
import { createClock } from '@latchkey/testkit'
import { createFetchedKeySets } from './fetched-key-sets.ts'

const uri = 'https://app.example/jwks.json'
const keyNamed = (kid: string) => ({ kty: 'OKP', crv: 'Ed25519', x: 'AA', kid })

/** A client's server that can be away, and what was asked of it. */
const aServer = () => {
  const clock = createClock()
  const state = { body: JSON.stringify({ keys: [keyNamed('one')] }), isAway: false, fetches: 0 }
  const keySets = createFetchedKeySets({
    fetch: async () => {
      state.fetches += 1
      if (state.isAway) throw new OutboundError('unreachable', 'away for this test')
      return { status: 200, headers: {}, body: Buffer.from(state.body) }
    },
    now: clock.now,
    logger: quietLogger,
  })
  const serve = (...kids: string[]) => {
    state.body = JSON.stringify({ keys: kids.map(keyNamed) })
  }
  return { clock, state, keySets, serve }
}

const kidsOf = (keySet: { keys: { kid?: string }[] } | undefined) => keySet?.keys.map(({ kid }) => kid)

describe('the keys at a jwks_uri', () => {
  it('are kept for five minutes', async () => {
    const { clock, state, keySets, serve } = aServer()
    expect(kidsOf(await keySets.find(uri))).toEqual(['one'])
    serve('two')
    clock.advance(299_000)
    expect(kidsOf(await keySets.find(uri))).toEqual(['one'])
    clock.advance(1_000)
    expect(kidsOf(await keySets.find(uri))).toEqual(['two'])
    expect(state.fetches).toBe(2)
  })

  it('are asked for together by whoever waits for them', async () => {
    const { state, keySets } = aServer()
    await Promise.all(Array.from({ length: 20 }, () => keySets.find(uri)))
    expect(state.fetches).toBe(1)
  })

  it('are asked for again for an unknown key, but not more often than every ten seconds', async () => {
    const { clock, state, keySets, serve } = aServer()
    await keySets.find(uri)
    serve('one', 'two')
    for (let n = 0; n < 100; n += 1) expect(kidsOf(await keySets.findNewer(uri))).toEqual(['one'])
    expect(state.fetches).toBe(1)
    clock.advance(10_000)
    for (let n = 0; n < 100; n += 1) expect(kidsOf(await keySets.findNewer(uri))).toEqual(['one', 'two'])
    expect(state.fetches).toBe(2)
  })

  it('stay through an outage of a day, asked for every ten seconds, and no longer', async () => {
    const { clock, state, keySets } = aServer()
    await keySets.find(uri)
    state.isAway = true
    clock.advance(3_600_000)
    for (let n = 0; n < 100; n += 1) expect(kidsOf(await keySets.find(uri))).toEqual(['one'])
    expect(state.fetches).toBe(2)
    clock.advance(86_400_000 - 3_600_000)
    expect(await keySets.find(uri)).toBeUndefined()
    state.isAway = false
    clock.advance(10_000)
    expect(kidsOf(await keySets.find(uri))).toEqual(['one'])
  })

  it('are not there where they never were, and a server that is away is not called each time', async () => {
    const { state, keySets } = aServer()
    state.isAway = true
    for (let n = 0; n < 100; n += 1) expect(await keySets.find(uri)).toBeUndefined()
    expect(state.fetches).toBe(1)
  })

  it.each(['', 'null', '[]', '{}', '{"keys": {}}', '{"keys": 7}', `{"keys": [${'{},'.repeat(100)}{}]}`])(
    'are not what is no key set: %.30s',
    async body => {
      const { state, keySets } = aServer()
      state.body = body
      expect(await keySets.find(uri)).toBeUndefined()
    },
  )

  it('are public ones of known kinds; others are passed over', async () => {
    const { state, keySets } = aServer()
    const odd = [
      null,
      7,
      'key',
      [],
      {},
      { kty: 'oct', k: 'c2VjcmV0', kid: 'secret' },
      { kty: 'new', kid: 'new' },
    ]
    const leaked = { ...keyNamed('leaked'), d: 'AA' }
    state.body = JSON.stringify({ keys: [...odd, leaked, keyNamed('one')] })
    expect(kidsOf(await keySets.find(uri))).toEqual(['one'])
  })
})
