import { readFileSync } from 'node:fs'
import { describe, expect, it } from '@jest/globals'
import { OAuthError, oauthErrorCodes } from './oauth-error.ts'

const documentation = readFileSync(new URL('../../../docs/troubleshooting.md', import.meta.url), 'utf8')

describe('RFC 6749 §5.2: error_uri', () => {
  it.each(oauthErrorCodes)('leads to a section about %s', code => {
    expect(documentation).toMatch(new RegExp(`^### ${code}$`, 'm'))
  })
})

describe('an OAuth error', () => {
  it.each([
    ['invalid_client', 401],
    ['invalid_token', 401],
    ['insufficient_scope', 403],
    ['too_many_requests', 429],
    ['temporarily_unavailable', 503],
    ['invalid_grant', 400],
  ] as const)('%s is answered with %i', (code, status) => {
    expect(new OAuthError(code, 'what to do').status).toBe(status)
  })
})
