import { describe, expect, it } from '@jest/globals'
import { OAuthError } from '@latchkey/oauth'
import type { AuthorizationResponse } from '../authorize/response.ts'
import type { ClientId } from '../domain/ids.ts'
import { createWatchAuthorizations, type RefusedRequest } from './watch-authorizations.ts'

const aWatch = () => {
  const counted: string[] = []
  const lines: unknown[] = []
  const watch = createWatchAuthorizations({
    count: outcome => counted.push(outcome),
    logger: { info: (...line: unknown[]) => lines.push(line) },
  })
  return { counted, lines, watch }
}

const response = (parameters: Record<string, string>): AuthorizationResponse => ({
  target: {
    clientId: 'shop' as ClientId,
    redirectUri: 'https://shop.example/cb?tenant=secret',
    responseMode: 'query',
  },
  parameters,
})

const refusal = { error: 'invalid_scope', error_description: 'Requested scope not available for client' }

describe('what operators see of authorization requests', () => {
  it('is a number for each outcome', async () => {
    const { counted, lines, watch } = aWatch()
    await watch(async () => ({ outcome: 'sign_in' }))({})
    await watch(async () => ({ outcome: 'respond', response: response({ code: 'x' }) }))({})
    await watch(async () => ({ outcome: 'respond', response: response({ error: 'login_required' }) }))({})
    expect(counted).toEqual(['sign_in', 'code', 'login_required'])
    expect(lines).toEqual([])
  })

  it('is a line for each refusal, without the query of the redirect URI', async () => {
    const { counted, lines, watch } = aWatch()
    await watch(async () => ({ outcome: 'respond', response: response(refusal) }))({})
    expect(counted).toEqual(['invalid_scope'])
    expect(lines).toEqual([
      [
        {
          oauth_error: 'invalid_scope',
          error_description: 'Requested scope not available for client',
          client_id: 'shop',
          redirect_uri: 'https://shop.example/cb',
        },
        'an authorization request was refused',
      ],
    ])
  })

  it('is a line for what went to a page, too, and the error goes on', async () => {
    const { counted, lines, watch } = aWatch()
    const failing = watch(
      async () => {
        throw new OAuthError('invalid_request', 'redirect_uri not registered for this client')
      },
      (input: RefusedRequest) => input,
    )
    const hostile = { clientId: 'x'.repeat(1_000), redirectUri: 'https://evil.example/cb?code=1' }
    await expect(failing(hostile)).rejects.toMatchObject({ error: 'invalid_request' })
    expect(counted).toEqual(['invalid_request'])
    expect(lines).toMatchObject([
      [{ client_id: 'x'.repeat(200), redirect_uri: 'https://evil.example/cb' }, expect.any(String)],
    ])
  })

  it('is nothing where something else failed', async () => {
    const { counted, lines, watch } = aWatch()
    const failing = watch(async () => {
      throw new Error('Postgres is away')
    })
    await expect(failing({})).rejects.toThrow('Postgres is away')
    expect([counted, lines]).toEqual([[], []])
  })
})
