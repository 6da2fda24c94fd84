import { createHash, randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { createTokenVerifier } from '@latchkey/sdk'
import { createLocalJWKSet, jwtVerify } from 'jose'
import { firstPartyGrant, type Grant } from '../src/domain/grant.ts'
import type { ClientId, GrantId, SessionId, UserId } from '../src/domain/ids.ts'
import { createIdTokenSigner } from '../src/keys/id-token-signer.ts'
import { createKeyring } from '../src/keys/keyring.ts'
import { type SigningAlgorithm, signingAlgorithms } from '../src/keys/signing-algorithm.ts'
import { createKeySealer } from '../src/store/sealed-private-key.ts'
import { createSigningKeys } from '../src/store/signing-keys.ts'
import { createSubjects } from '../src/store/subjects.ts'
import { createBeginSigningKeys } from '../src/usecases/begin-signing-keys.ts'
import { createIssueIdToken } from '../src/usecases/issue-id-token.ts'
import { aKnownSubject } from './a-subject.ts'
import { createTokenDatabase, type TokenDatabase } from './token-database.ts'

const issuer = 'https://id.example'
const now = () => new Date()
const userId = createUuid<UserId>()
const snapshot = aKnownSubject({ userId })

let database: TokenDatabase
let keyring: ReturnType<typeof createKeyring>
let issueIdToken: ReturnType<typeof createIssueIdToken>

beforeAll(async () => {
  database = await createTokenDatabase()
  const keys = createSigningKeys({
    ...database,
    sealer: createKeySealer({ current: randomBytes(32), old: [] }),
  })
  await createBeginSigningKeys({ keys, announce: () => undefined })()
  keyring = createKeyring({ keys, now })
  await keyring.reload()
  const subjects = createSubjects(database)
  await subjects.save(snapshot)
  issueIdToken = createIssueIdToken({ subjects, signIdToken: createIdTokenSigner({ keyring, issuer, now }) })
})
afterAll(() => database.drop())

const aGrant = (differences: Partial<Grant> = {}): Grant => ({
  ...firstPartyGrant({
    id: createUuid<GrantId>(),
    subject: userId,
    sessionId: createUuid<SessionId>(),
    authenticatedAt: new Date(Date.now() - 60_000),
    authenticationMethods: ['pwd'],
    endsAt: new Date(Date.now() + 86_400_000),
  }),
  clientId: 'shop' as ClientId,
  ...differences,
})

const accessToken = 'an.access.token'

const issued = async (grant: Grant, algorithm: SigningAlgorithm = 'RS256', nonce?: string) =>
  issueIdToken({ grant, accessToken, algorithm, nonce })

/** By jose alone, as a client reads it. */
const read = (token: string, audience = 'shop') =>
  jwtVerify(token, createLocalJWKSet(keyring.getJwks()), { issuer, audience })

describe('OpenID Connect Core §2: the ID token', () => {
  it('says who signed in where, when and how, and nothing more', async () => {
    const grant = aGrant({ acr: 'urn:latchkey:acr:sfa' })
    const { payload, protectedHeader } = await read(await issued(grant, 'RS256', 'n-0S6_WzA2Mj'))
    expect(protectedHeader).toEqual({ alg: 'RS256', typ: 'JWT', kid: expect.any(String) })
    expect(payload).toEqual({
      iss: issuer,
      sub: userId,
      aud: 'shop',
      iat: expect.any(Number),
      exp: (payload.iat ?? 0) + 3_600,
      auth_time: Math.floor(grant.authenticatedAt.getTime() / 1000),
      nonce: 'n-0S6_WzA2Mj',
      acr: 'urn:latchkey:acr:sfa',
      amr: ['pwd'],
      sid: grant.sessionId,
      at_hash: expect.any(String),
    })
  })

  it('has no nonce where the request had none, and never outlives its grant', async () => {
    const endsAt = new Date(Date.now() + 90_000)
    const { payload } = await read(await issued(aGrant({ endsAt })))
    expect(payload).not.toHaveProperty('nonce')
    expect(payload.exp).toBe(Math.floor(endsAt.getTime() / 1000))
  })

  it('is no access token (CHECKLIST 19)', async () => {
    const verifier = createTokenVerifier({ issuer, audience: 'shop', jwks: async () => keyring.getJwks() })
    await expect(verifier.verify(await issued(aGrant()))).rejects.toMatchObject({ reason: 'type' })
  })
})

describe('OpenID Connect Core §3.1.3.6: at_hash', () => {
  it.each([
    ['RS256', 'sha256'],
    ['ES256', 'sha256'],
    ['EdDSA', 'sha512'],
  ] as const)('of %s is the left half of %s', async (algorithm, hash) => {
    const { payload, protectedHeader } = await read(await issued(aGrant(), algorithm))
    const digest = createHash(hash).update(accessToken).digest()
    expect(protectedHeader.alg).toBe(algorithm)
    expect(payload.at_hash).toBe(digest.subarray(0, digest.length / 2).toString('base64url'))
  })
})

describe('OpenID Connect Core §5.4, §5.5: claims about the subject', () => {
  const about = ['name', 'updated_at', 'email', 'email_verified']

  it('are of the snapshot that the access token was made of, where one was read for it', async () => {
    const name = 'Ada Lovelace'
    const subject = { ...snapshot, name, updatedAt: new Date() }
    const ofToken = async (claims: Grant['claims']) => {
      const grant = aGrant(claims === undefined ? {} : { claims })
      return (await read(await issueIdToken({ grant, subject, accessToken, algorithm: 'RS256' }))).payload
    }
    expect(await ofToken({ id_token: { name: null } })).toMatchObject({ name })
    expect(await ofToken(undefined)).not.toHaveProperty('name')
  })

  it('are left to UserInfo, whatever the scope', async () => {
    const { payload } = await read(await issued(aGrant({ scope: 'openid profile email' })))
    expect(Object.keys(payload).filter(name => about.includes(name))).toEqual([])
  })

  it('are in the ID token where the claims parameter asks for them there', async () => {
    const claims = {
      id_token: { email: { essential: true }, name: null, nickname: null, constructor: null },
      userinfo: { email_verified: null },
    }
    const { payload } = await read(await issued(aGrant({ claims })))
    expect(payload).toMatchObject({ email: 'ada@example.com', name: 'Ada' })
    for (const absent of ['nickname', 'email_verified', 'updated_at', 'constructor'])
      expect(Object.hasOwn(payload, absent)).toBe(false)
  })

  it('never replace what the token says by itself', async () => {
    const claims = { id_token: { sub: { value: 'mallory' }, aud: { value: 'mallory' }, iss: null } }
    const { payload } = await read(await issued(aGrant({ claims })))
    expect(payload).toMatchObject({ sub: userId, aud: 'shop', iss: issuer })
  })
})

it('every algorithm that a client may have registered can sign', async () => {
  for (const algorithm of signingAlgorithms) await read(await issued(aGrant(), algorithm))
})
