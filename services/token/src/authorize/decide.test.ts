import { describe, expect, it } from '@jest/globals'
import type { Prompt } from '@latchkey/oauth'
import type { AcrDemand } from '../domain/acr.ts'
import type { BrowserSession } from '../domain/browser-session.ts'
import { clientMetadataSchema, fromDocument } from '../domain/client-metadata.ts'
import type { ClientId, SessionId, UserId } from '../domain/ids.ts'
import { decide, type Situation } from './decide.ts'
import type { AuthorizationRequest } from './request.ts'

const noon = new Date('2026-11-26T12:00:00Z')
const before = (seconds: number) => new Date(noon.getTime() - seconds * 1_000)

interface Wishes {
  readonly prompts?: readonly Prompt[]
  readonly maxAgeSeconds?: number
  readonly expectedSubject?: string
  readonly scopes?: readonly string[]
  readonly resources?: readonly string[]
  readonly requireConsent?: boolean
  readonly acr?: AcrDemand
}

const aRequest = (wishes: Wishes = {}): AuthorizationRequest => {
  const {
    prompts = [],
    scopes = ['openid'],
    resources = [],
    requireConsent = true,
    acr = { named: [] },
    ...others
  } = wishes
  return {
    client: {
      id: 'shop' as ClientId,
      name: 'Shop',
      type: 'public',
      isActive: true,
      origin: 'operator',
      secrets: [],
      metadata: fromDocument(clientMetadataSchema.parse({ require_consent: requireConsent })),
      createdAt: noon,
      updatedAt: noon,
    },
    target: { clientId: 'shop' as ClientId, redirectUri: 'https://shop.example/cb', responseMode: 'query' },
    parameters: {},
    scopes,
    asked: scopes,
    resources,
    prompts: new Set(prompts),
    acr,
    ...others,
  }
}

const aSession = (overrides: Partial<BrowserSession> = {}): BrowserSession => ({
  sessionId: 'session' as SessionId,
  subject: 'ada' as UserId,
  authenticatedAt: before(100),
  authenticationMethods: ['pwd'],
  createdAt: before(100),
  endsAt: before(-1_000),
  ...overrides,
})

const allowed = { scopes: ['openid', 'email'], resources: ['https://api.example'] }

const nextOf = (wishes: Wishes, situation: Partial<Situation> = {}) =>
  decide({ request: aRequest(wishes), session: aSession(), remembered: allowed, now: noon, ...situation })
    .next

/** Signed in after the request had begun to wait. */
const fresh = { waitsSince: before(200) }
/** Signed in before. */
const stale = { waitsSince: before(50) }

describe('whether the user has to sign in (OpenID Connect Core §3.1.2.3)', () => {
  it('does where there is no session, and not where there is one', () => {
    expect(nextOf({}, { session: undefined })).toBe('sign_in')
    expect(nextOf({})).toBe('go_on')
  })

  it.each(['login', 'select_account', 'create'] as const)('does once for prompt=%s', prompt => {
    expect(nextOf({ prompts: [prompt] })).toBe('sign_in')
    expect(nextOf({ prompts: [prompt] }, stale)).toBe('sign_in')
    expect(nextOf({ prompts: [prompt] }, fresh)).toBe('go_on')
  })

  it('does where the last sign-in is older than max_age, and was not for this request', () => {
    expect(nextOf({ maxAgeSeconds: 100 })).toBe('go_on')
    expect(nextOf({ maxAgeSeconds: 99 })).toBe('sign_in')
    expect(nextOf({ maxAgeSeconds: 0 }, stale)).toBe('sign_in')
    expect(nextOf({ maxAgeSeconds: 0 }, fresh)).toBe('go_on')
  })

  it('does where somebody else is meant; who signs in as another then is the wrong one', () => {
    expect(nextOf({ expectedSubject: 'ada' })).toBe('go_on')
    expect(nextOf({ expectedSubject: 'grace' })).toBe('sign_in')
    expect(nextOf({ expectedSubject: 'grace' }, stale)).toBe('sign_in')
    expect(nextOf({ expectedSubject: 'grace' }, fresh)).toBe('wrong_user')
  })
})

describe('whether the user has to consent (OpenID Connect Core §3.1.2.4)', () => {
  it('does where nothing was allowed, or less than is asked', () => {
    expect(nextOf({}, { remembered: undefined })).toBe('consent')
    expect(nextOf({ scopes: ['openid', 'email'] })).toBe('go_on')
    expect(nextOf({ scopes: ['openid', 'profile'] })).toBe('consent')
    expect(nextOf({ resources: ['https://api.example'] })).toBe('go_on')
    expect(nextOf({ resources: ['https://other.example'] })).toBe('consent')
  })

  it('does for prompt=consent, whoever the client is', () => {
    expect(nextOf({ prompts: ['consent'] })).toBe('consent')
    expect(nextOf({ prompts: ['consent'], requireConsent: false })).toBe('consent')
  })

  it('does for offline_access each time (§11)', () => {
    const remembered = { scopes: ['openid', 'offline_access'], resources: [] }
    expect(nextOf({ scopes: ['openid', 'offline_access'] }, { remembered })).toBe('consent')
  })

  it('does not for a client whose users are not asked', () => {
    const wishes = { scopes: ['openid', 'offline_access'], requireConsent: false }
    expect(nextOf(wishes, { remembered: undefined })).toBe('go_on')
  })

  it('only once it is clear who the user is', () => {
    expect(nextOf({ prompts: ['login', 'consent'] })).toBe('sign_in')
    expect(nextOf({ prompts: ['login', 'consent'] }, fresh)).toBe('consent')
  })
})

describe('whether the user has to prove more than the session does (OpenID Connect Core §3.1.2.1, RFC 9470 §5)', () => {
  const mfa = 'urn:latchkey:acr:mfa'
  const wish: Wishes = { acr: { named: [mfa], wanted: mfa } }
  const need: Wishes = { acr: { named: [mfa], wanted: mfa, required: mfa } }
  const better = { session: aSession({ authenticationMethods: ['pwd', 'otp', 'mfa'] }) }

  it('does for a wish as for a need, whether or not the sign-in was for this request', () => {
    for (const wishes of [wish, need]) {
      expect(nextOf(wishes)).toBe('step_up')
      expect(nextOf(wishes, fresh)).toBe('step_up')
      expect(nextOf(wishes, better)).toBe('go_on')
    }
  })

  it('is left at that where they have no more: a wish goes on, a need does not', () => {
    expect(nextOf(wish, { hasGivenUp: true })).toBe('go_on')
    expect(nextOf(need, { hasGivenUp: true })).toBe('unmet')
    expect(nextOf(need, { hasGivenUp: true, ...better })).toBe('go_on')
  })

  it('interrupts prompt=none for a need alone', () => {
    expect(nextOf({ ...wish, prompts: ['none'] })).toBe('go_on')
    expect(nextOf({ ...need, prompts: ['none'] })).toBe('step_up')
  })

  it('comes after the question who it is, and before that of consent', () => {
    expect(nextOf({ ...need, prompts: ['login'] })).toBe('sign_in')
    expect(nextOf({ ...need, prompts: ['consent'] })).toBe('step_up')
  })
})
