import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import express, { type NextFunction, type Request, type Response } from 'express'
import {
  type AccessTokenClaims,
  type AuthorityRule,
  assertAuthority,
  ForbiddenError,
  requireAuthority,
  requireBearer,
} from '../src/index.ts'
import { createIssuer, someClaims } from './issuer.ts'
import { servers } from './servers.ts'

const at = await createIssuer()

const acme = '01a2199b-0000-7000-8000-000000000001'
const editor = { roles: ['editor'], permissions: ['posts:read', 'posts:write'] }
const ownerOfAcme = { org_id: acme, org_roles: ['owner'], org_permissions: ['billing:read'] }

const isAllowed = (claims: Partial<AccessTokenClaims>, rule: AuthorityRule): boolean => {
  try {
    assertAuthority({ ...someClaims, ...claims }, rule)
    return true
  } catch (error) {
    if (error instanceof ForbiddenError) return false
    throw error
  }
}

describe('what a user may do', () => {
  it.each<[AuthorityRule, boolean]>([
    [{ role: 'editor' }, true],
    [{ role: ['admin', 'editor'] }, true],
    [{ role: 'admin' }, false],
    [{ permission: 'posts:write' }, true],
    [{ permission: ['posts:read', 'posts:write'] }, true],
    [{ permission: ['posts:read', 'posts:delete'] }, false],
    [{ role: 'editor', permission: 'posts:delete' }, false],
    [{ role: 'owner' }, false],
    [{ permission: 'billing:read' }, false],
    [{ organization: acme }, true],
    [{ organization: acme, role: 'owner', permission: 'billing:read' }, true],
    [{ organization: acme, role: 'editor' }, false],
    [{ organization: acme, permission: 'posts:write' }, false],
    [{ organization: 'another', role: 'owner' }, false],
  ])('%j: %s', (rule, allowed) => {
    expect(isAllowed({ ...editor, ...ownerOfAcme }, rule)).toBe(allowed)
  })

  it('is nothing where the token says nothing', () => {
    for (const rule of [{ role: 'editor' }, { permission: 'posts:read' }, { organization: acme }])
      expect(isAllowed({}, rule)).toBe(false)
  })

  it('is not asked by a rule that asks for nothing', () => {
    expect(() => assertAuthority({ ...someClaims, ...editor }, {})).toThrow(TypeError)
    expect(() => assertAuthority({ ...someClaims, ...editor }, { permission: [] })).toThrow(TypeError)
  })
})

describe.each(servers)('a resource server on %s', (_, start) => {
  const ask = async (claims: object, authority: AuthorityRule) => {
    const server = await start(at.aVerifier(), { authority })
    try {
      const answer = await server.send('/orders', {
        headers: [['authorization', `Bearer ${at.aToken({ ...claims })}`]],
      })
      return {
        status: answer.status,
        challenge: answer.headers.get('www-authenticate'),
        text: await answer.text(),
      }
    } finally {
      await server.close()
    }
  }

  it('lets a user through who may, and answers 403 to others, without a challenge: no token would help', async () => {
    expect((await ask(editor, { permission: 'posts:write' })).status).toBe(200)
    const refused = await ask(editor, { permission: 'posts:delete' })
    expect(refused).toMatchObject({ status: 403, challenge: null })
    expect(JSON.parse(refused.text)).toMatchObject({ code: 'FORBIDDEN', detail: 'The user may not do this' })
  })

  it.each([{ roles: 'editor' }, { permissions: { a: 1 } }, { org_id: 7 }, { org_roles: [1] }])(
    'takes no token whose claims are of another type: %j',
    async claims => {
      expect((await ask(claims, { role: 'editor' })).status).toBe(401)
    },
  )
})

describe('requireAuthority, behind requireBearer', () => {
  const app = express()
  app.get('/open', requireAuthority({ role: 'editor' }), (_request, response) => void response.send('never'))
  app.use(requireBearer(at.aVerifier()))
  app.get('/edit', requireAuthority({ role: 'editor' }), (_request, response) => void response.send('edited'))
  app.use((_error: unknown, _request: Request, response: Response, _next: NextFunction) => {
    response.sendStatus(500)
  })
  const server = createServer(app)
  beforeAll(() => new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve)))
  afterAll(() => {
    server.closeAllConnections()
    server.close()
  })
  const statusOf = async (path: string, claims: object) => {
    const { port } = server.address() as AddressInfo
    const headers = { authorization: `Bearer ${at.aToken({ ...claims })}` }
    return (await fetch(`http://127.0.0.1:${port}${path}`, { headers })).status
  }

  it('asks for more at some routes', async () => {
    expect(await statusOf('/edit', editor)).toBe(200)
    expect(await statusOf('/edit', {})).toBe(403)
    expect(await statusOf('/open', editor)).toBe(500)
  })
})
