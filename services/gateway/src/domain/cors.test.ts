import { describe, expect, it } from '@jest/globals'
import { corsHeaders, preflightHeaders } from './cors.ts'

const app = 'https://app.example.com'

describe('CORS', () => {
  it('lets a listed origin read answers and send cookies', () => {
    expect(corsHeaders({ origins: [app] }, app)).toMatchObject({
      'Access-Control-Allow-Origin': app,
      'Access-Control-Allow-Credentials': 'true',
    })
  })

  it('names each header that pages may read once', () => {
    const exposed = corsHeaders({ origins: [app] }, app)['Access-Control-Expose-Headers']?.split(', ')
    expect(exposed).toContain('DPoP-Nonce')
    expect(exposed).toEqual([...new Set(exposed)])
  })

  it('says nothing to an origin that is not listed, nor to one that looks like it', () => {
    for (const origin of [
      'https://evil.example',
      'https://app.example.com.evil.example',
      'http://app.example.com',
      'null',
    ]) {
      expect(corsHeaders({ origins: [app] }, origin)).toEqual({})
      expect(preflightHeaders({ origins: [app] }, origin, ['POST'])).toEqual({})
    }
  })

  it('never allows credentials to everybody', () => {
    expect(corsHeaders({ origins: ['*'] }, 'https://any.example')).not.toHaveProperty(
      'Access-Control-Allow-Credentials',
    )
  })

  it('answers a preflight with the methods of the route', () => {
    expect(preflightHeaders({ origins: [app] }, app, ['GET', 'DELETE'])).toMatchObject({
      'Access-Control-Allow-Methods': 'GET, DELETE',
      'Access-Control-Max-Age': '600',
    })
  })
})
