/** Tokens as the service issues them for a user's grant, without the way through the pages. */
import { randomBytes } from 'node:crypto'
import { createUuid } from '@latchkey/runtime/ids'
import { type AccessTokenInput, accessTokenOfGrant } from '../src/domain/access-token.ts'
import { firstPartyGrant, type Grant } from '../src/domain/grant.ts'
import { hashSecret } from '../src/domain/hash-secret.ts'
import type { GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import { toRefreshToken } from '../src/domain/refresh-token.ts'
import { createAccessTokenSigner } from '../src/keys/access-token-signer.ts'
import { createIdTokenSigner } from '../src/keys/id-token-signer.ts'
import { createKeyring } from '../src/keys/keyring.ts'
import { createRefreshFamilies } from '../src/store/refresh-families.ts'
import { createKeySealer } from '../src/store/sealed-private-key.ts'
import { createSigningKeys } from '../src/store/signing-keys.ts'
import { createSubjects } from '../src/store/subjects.ts'
import { aKnownSubject } from './a-subject.ts'
import type { TokenDatabase } from './token-database.ts'
import { issuer } from './token-under-test.ts'

const now = () => new Date()

export const aGrant = (differences: Partial<Grant> = {}): Grant => ({
  ...firstPartyGrant({
    id: createUuid<GrantId>(),
    subject: createUuid<UserId>(),
    sessionId: createUuid<SessionId>(),
    authenticatedAt: new Date(Date.now() - 60_000),
    authenticationMethods: ['pwd'],
    endsAt: new Date(Date.now() + 86_400_000),
  }),
  ...differences,
})

/** Call it once a replica has made the keys. */
export const createIssuedTokens = async (suite: { database: TokenDatabase; keyEncryptionKey: string }) => {
  const { database } = suite
  const sealer = createKeySealer({ current: Buffer.from(suite.keyEncryptionKey, 'base64'), old: [] })
  const keyring = createKeyring({ keys: createSigningKeys({ ...database, sealer }), now })
  await keyring.reload()
  const signAccessToken = createAccessTokenSigner({
    keyring,
    algorithm: 'ES256',
    policy: { issuer, ttlSeconds: 900 },
    now,
  })
  const signIdToken = createIdTokenSigner({ keyring, issuer, now })
  const families = createRefreshFamilies({ ...database, policy: { ttlSeconds: 604_800, graceSeconds: 30 } })
  const subjects = createSubjects(database)

  return {
    keyring,
    families,
    subjects,
    accessToken: async (grant: Grant, differences: Partial<AccessTokenInput> = {}): Promise<string> =>
      (await signAccessToken({ ...accessTokenOfGrant(grant, undefined), ...differences })).accessToken,
    idToken: async (grant: Grant): Promise<string> =>
      signIdToken(
        {
          grant,
          accessToken: await signAccessToken(accessTokenOfGrant(grant, undefined)).then(t => t.accessToken),
        },
        'RS256',
      ),
    /** The first token of the grant's family. */
    refreshToken: async (grant: Grant, { rotates = true } = {}): Promise<string> => {
      const rawToken = toRefreshToken(randomBytes(32))
      await families.begin({ grant, rotates, tokenHash: hashSecret(rawToken) })
      return rawToken
    },
    /** The subject of the grant, as identity would have told of it. */
    knowSubject: ({ subject: userId }: Grant) => subjects.save(aKnownSubject({ userId })),
  }
}

export type IssuedTokens = Awaited<ReturnType<typeof createIssuedTokens>>
