import { describe, expect, it } from '@jest/globals'
import { noAuthority } from './authority.ts'
import type { UserId } from './ids.ts'
import { namesOfScope, namesRequested, scopesOfClaims, subjectClaims } from './subject-claims.ts'

const ada = {
  ...noAuthority,
  userId: 'b7d9' as UserId,
  email: 'ada@example.com',
  emailVerified: false,
  name: 'Ada',
  version: 3,
  updatedAt: new Date(1_767_225_600_999),
}

describe('OpenID Connect Core §5.4: claims by scope', () => {
  it.each([
    ['openid', []],
    ['openid profile', ['name', 'updated_at']],
    ['email openid', ['email', 'email_verified']],
    ['openid phone constructor __proto__', []],
  ])('%s gives %j', (scope, names) => {
    expect(namesOfScope(scope)).toEqual(names)
  })

  it('are said in the types that the standard names', () => {
    expect(subjectClaims(ada, namesOfScope('openid profile email'))).toEqual({
      name: 'Ada',
      updated_at: 1_767_225_600,
      email: 'ada@example.com',
      email_verified: false,
    })
  })

  it('are left out where there is no value', () => {
    expect(subjectClaims({ ...ada, name: '' }, ['name', 'email_verified'])).toEqual({ email_verified: false })
  })
})

describe('OpenID Connect Core §5.5: the claims parameter', () => {
  it('asks for known claims by name; others are ignored', () => {
    expect(namesRequested({ email: null, picture: { essential: true }, toString: null })).toEqual(['email'])
    expect(namesRequested(undefined)).toEqual([])
  })

  it('amounts to the scopes that give the same, for the user to be asked', () => {
    expect(scopesOfClaims({ userinfo: { email: null }, id_token: { updated_at: null } })).toEqual([
      'profile',
      'email',
    ])
    expect(scopesOfClaims({ id_token: { acr: { essential: true } } })).toEqual([])
  })
})
