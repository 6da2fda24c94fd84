/** An authorization code as the authorization endpoint would have issued it, and what its client kept. */
import { createHash, randomBytes } from 'node:crypto'
import { createUuid } from '@latchkey/runtime/ids'
import type { NewCode } from '../src/domain/authorization-code.ts'
import type { Grant } from '../src/domain/grant.ts'
import type { ClientId, GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import { createAuthorizationCodes } from '../src/store/authorization-codes.ts'
import { redirectUri } from './a-client.ts'
import type { TokenDatabase } from './token-database.ts'

/** What a user who has just signed in grants. */
export const aGrantTo = (clientId: ClientId, overrides: Partial<Grant> = {}): Grant => ({
  id: createUuid<GrantId>(),
  subject: createUuid<UserId>(),
  sessionId: createUuid<SessionId>(),
  clientId,
  scope: 'openid profile',
  resources: [],
  authenticatedAt: new Date(),
  authenticationMethods: ['pwd'],
  isOffline: false,
  endsAt: new Date(Date.now() + 2_592_000_000),
  ...overrides,
})

export interface CodeInit {
  readonly grant?: Partial<Grant>
  readonly code?: Partial<
    Pick<NewCode, 'codeChallenge' | 'nonce' | 'ttlSeconds' | 'keptSeconds' | 'redirectUri'>
  >
}

export const aCode = async ({ pool }: TokenDatabase, client: { id: ClientId }, init: CodeInit = {}) => {
  const code = randomBytes(32).toString('base64url')
  const codeVerifier = randomBytes(32).toString('base64url')
  const grant = aGrantTo(client.id, init.grant)
  await createAuthorizationCodes({ pool }).issue({
    codeHash: createHash('sha256').update(code).digest(),
    grant,
    redirectUri,
    codeChallenge: createHash('sha256').update(codeVerifier).digest('base64url'),
    ttlSeconds: 60,
    keptSeconds: 3_600,
    sessionEndsAt: grant.endsAt,
    ...init.code,
  })
  return { code, codeVerifier, grant }
}
