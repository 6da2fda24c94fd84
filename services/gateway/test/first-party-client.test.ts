/** SPEC §2.2: whatever the gateway leads on to below /auth, the client of @latchkey/sdk can call. */
import { describe, expect, it } from '@jest/globals'
import { createAuthClient } from '@latchkey/sdk/client'
import { createRouteMatcher } from '../src/domain/routes.ts'
import { routes } from '../src/routes.ts'

const firstParty = routes.filter(({ path }) => path.startsWith('/auth/'))

/** An id where a call wants one, and whatever members it looks at where it wants a body. */
const anything = Object.assign(Object('some'), { token: 't', code: 'c', state: 's', redirect_uri: 'u' })

const tokens = { access_token: 'a', refresh_token: 'r', token_type: 'Bearer', expires_in: 900 }

/** What a client sends that has each of its functions called, and those of its parts. */
const sentByAll = async (): Promise<readonly (readonly [method: string, path: string])[]> => {
  const sent: (readonly [string, string])[] = []
  const client = createAuthClient({
    baseUrl: 'https://id.example',
    fetch: async (input, init) => {
      sent.push([init?.method ?? 'GET', new URL(String(input)).pathname])
      return Response.json({ user: { id: 'u' }, ...tokens, organization: {} })
    },
  })
  const callAll = async (part: object): Promise<void> => {
    for (const member of Object.values(part)) {
      if (typeof member !== 'function') await callAll(member)
      else {
        await client.login({ email: 'e', password: 'p' })
        await member(anything, anything, anything)
      }
    }
  }
  await callAll(client)
  return sent
}

describe('the client of @latchkey/sdk', () => {
  it('knows every first-party route, and no other', async () => {
    const match = createRouteMatcher(firstParty)
    const called = new Set<string>()
    const unknown: string[] = []
    for (const [method, path] of await sentByAll()) {
      const found = match(method, path)
      if (found.outcome === 'matched') called.add(`${method} ${found.route.path}`)
      else unknown.push(`${method} ${path}`)
    }
    const all = firstParty.flatMap(({ methods, path }) => methods.map(method => `${method} ${path}`))
    // A code is redeemed by POST; GET is for browsers, and for what was written for Archon.
    const elsewhere = ['GET /auth/oauth/:provider/callback']
    expect(all.filter(route => !called.has(route))).toEqual(elsewhere)
    expect(unknown.filter(route => route !== 'GET /auth/health')).toEqual([])
  })
})
