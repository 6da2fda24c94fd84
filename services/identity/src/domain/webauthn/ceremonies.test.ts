/** The software authenticator of the testkit tells the truth and every lie; an independent library judges with us. */
import { describe, expect, it } from '@jest/globals'
import { randomToken, sha256Hex } from '@latchkey/runtime/crypto'
import {
  type AuthenticatorInit,
  authenticatorFlags,
  createKeyPair,
  createSoftwareAuthenticator,
  encodeCbor,
  type Lies,
} from '@latchkey/testkit/passkeys'
import { verifyAuthenticationResponse, verifyRegistrationResponse } from '@simplewebauthn/server'
import { parseClientData } from './client-data.ts'
import { coseAlgorithms } from './cose-key.ts'
import { relyingPartyOf } from './relying-party.ts'
import { verifyAssertion } from './verify-assertion.ts'
import { verifyRegistration } from './verify-registration.ts'

const relyingParty = relyingPartyOf('https://auth.example.test/base', 'Example')
const { origin } = relyingParty
const { userPresent, userVerified, backupEligible, backedUp, attested } = authenticatorFlags
const bytes = (text: string) => Buffer.from(text, 'base64url')
const clientDataOf = (json: string) => {
  const clientData = parseClientData(bytes(json))
  if (clientData === undefined) throw new Error('no client data')
  return clientData
}

interface Setup extends Partial<AuthenticatorInit> {
  readonly lies?: Lies
  readonly needsUserVerification?: boolean
}

/** What we, and the other library, make of a registration. */
const register = async ({ lies, needsUserVerification = false, ...init }: Setup = {}) => {
  const authenticator = createSoftwareAuthenticator({ origin, ...init })
  const challenge = randomToken()
  const options = { challenge, rp: { id: relyingParty.id }, user: { id: 'dXNlcg' } }
  const response = authenticator.create(options, lies)
  const verified = verifyRegistration(
    {
      credentialId: response.id,
      clientData: clientDataOf(response.response.clientDataJSON),
      attestationObject: bytes(response.response.attestationObject),
    },
    { relyingParty, challengeHash: sha256Hex(challenge), needsUserVerification },
  )
  const theirs = await verifyRegistrationResponse({
    response: response as Parameters<typeof verifyRegistrationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: needsUserVerification,
    supportedAlgorithmIDs: Object.values(coseAlgorithms),
  }).then(
    ({ verified: isVerified }) => (isVerified ? 'verified' : 'refused'),
    () => 'refused',
  )
  return { authenticator, verified, theirs }
}

/** The same of an assertion, by a passkey that was registered before. */
const assert = async ({ lies, needsUserVerification = false, ...init }: Setup = {}) => {
  const { authenticator, verified } = await register(init)
  if (verified.outcome !== 'verified') throw new Error(verified.reason)
  const { publicKey, credentialId } = verified.credential
  const challenge = randomToken()
  const response = authenticator.get({ challenge, rpId: relyingParty.id }, lies)
  const ours = verifyAssertion(
    {
      clientData: clientDataOf(response.response.clientDataJSON),
      authenticatorData: bytes(response.response.authenticatorData),
      signature: bytes(response.response.signature),
    },
    { publicKey, isBackupEligible: init.isSynced === true },
    { relyingParty, challengeHash: sha256Hex(challenge), needsUserVerification },
  )
  const theirs = await verifyAuthenticationResponse({
    response: response as Parameters<typeof verifyAuthenticationResponse>[0]['response'],
    expectedChallenge: challenge,
    expectedOrigin: origin,
    expectedRPID: relyingParty.id,
    requireUserVerification: needsUserVerification,
    credential: {
      id: credentialId.toString('base64url'),
      publicKey: Uint8Array.from(publicKey),
      counter: 0,
    },
  }).then(
    ({ verified: isVerified }) => (isVerified ? 'verified' : 'refused'),
    () => 'refused',
  )
  return { ours, theirs }
}

const kinds: readonly Setup[] = [
  { algorithm: 'ES256' },
  { algorithm: 'EdDSA' },
  { algorithm: 'RS256' },
  { isSynced: true },
]

// What only one of the two ceremonies, or only we, look at.
const clientLies: readonly (readonly [string, string, Lies])[] = [
  ['a challenge of another ceremony', 'challenge', { clientData: { challenge: randomToken() } }],
  ['another origin', 'origin', { clientData: { origin: 'https://evil.example' } }],
  ['a subdomain', 'origin', { clientData: { origin: 'https://x.auth.example.test' } }],
  ['another port', 'origin', { clientData: { origin: `${origin}:8443` } }],
  ['plain http', 'origin', { clientData: { origin: 'http://auth.example.test' } }],
  ['another RP ID', 'rp_id', { rpId: 'example.test' }],
  ['nobody present', 'user_presence', { flags: userVerified | attested }],
  ['backed up without being eligible', 'backup_flags', { flags: userPresent | attested | backedUp }],
]

describe('WebAuthn L3 §7.1: registering a passkey', () => {
  it.each(kinds)('takes %j', async kind => {
    const { verified, theirs, authenticator } = await register({ ...kind, needsUserVerification: true })
    expect(verified).toMatchObject({
      outcome: 'verified',
      authenticatorData: { isUserVerified: true, isBackupEligible: kind.isSynced === true, signCount: 0 },
    })
    if (verified.outcome === 'verified')
      expect(verified.credential.credentialId.toString('base64url')).toBe(authenticator.credentialId)
    expect(theirs).toBe('verified')
  })

  it.each([
    ['step 7', 'an assertion', 'type', { clientData: { type: 'webauthn.get' } }],
    ...clientLies.map(([what, reason, lies]) => ['steps 8 to 17', what, reason, lies] as const),
    [
      'step 20',
      'an algorithm that was not offered',
      'algorithm',
      {
        publicKey: encodeCbor(
          new Map([
            [1, 2],
            [3, -35],
          ]),
        ),
      },
    ],
    ['step 21', 'an attestation that is not known', 'attestation', { format: 'unheard-of' }],
    ['step 25', 'an empty id', 'credential_id', { credentialId: Buffer.alloc(0) }],
    ['step 25', 'an id of 1,024 bytes', 'credential_id', { credentialId: Buffer.alloc(1_024) }],
  ] as const)('%s: refuses %s', async (_step, _what, reason, lies: Lies) => {
    const { verified, theirs } = await register({ lies })
    expect(verified).toEqual({ outcome: 'refused', reason })
    // The other library takes ids of any length.
    if (reason !== 'credential_id') expect(theirs).toBe('refused')
  })

  it('step 10: refuses a frame of another site', async () => {
    for (const clientData of [{ crossOrigin: true }, { topOrigin: 'https://evil.example' }])
      expect((await register({ lies: { clientData } })).verified).toMatchObject({ reason: 'cross_origin' })
  })

  it('step 16: refuses an unrecognized user where one must be recognized', async () => {
    const lies = { flags: userPresent | attested }
    const { verified, theirs } = await register({ lies, needsUserVerification: true })
    expect([verified, theirs]).toEqual([{ outcome: 'refused', reason: 'user_verification' }, 'refused'])
    expect((await register({ lies })).verified).toMatchObject({ outcome: 'verified' })
  })

  it.each([
    ['a key that is no key', Buffer.from('a0', 'hex')],
    [
      'a point off its curve',
      encodeCbor(
        new Map<number, number | Buffer>([
          [1, 2],
          [3, -7],
          [-1, 1],
          [-2, Buffer.alloc(32, 1)],
          [-3, Buffer.alloc(32, 2)],
        ]),
      ),
    ],
    [
      'an RSA key of 1,024 bits',
      encodeCbor(
        new Map<number, number | Buffer>([
          [1, 3],
          [3, -257],
          [-1, Buffer.alloc(128, 0xff)],
          [-2, Buffer.from([1, 0, 1])],
        ]),
      ),
    ],
    [
      'an ES256 key of another type',
      encodeCbor(
        new Map<number, number | Buffer>([
          [1, 1],
          [3, -7],
          [-1, 6],
          [-2, Buffer.alloc(32, 1)],
        ]),
      ),
    ],
  ])('step 20: refuses %s', async (_what, publicKey) => {
    expect((await register({ lies: { publicKey } })).verified).toEqual({
      outcome: 'refused',
      reason: 'algorithm',
    })
  })

  it('step 13: refuses what is not what its flags say', async () => {
    for (const lies of [{ flags: userPresent }, { trailing: Buffer.from('00', 'hex') }])
      expect((await register({ lies })).verified).toEqual({ outcome: 'refused', reason: 'malformed' })
  })
})

describe('WebAuthn L3 §7.2: using a passkey', () => {
  it.each(kinds)('takes %j', async kind => {
    const { ours, theirs } = await assert({ ...kind, needsUserVerification: true })
    expect([ours.outcome, theirs]).toEqual(['verified', 'verified'])
  })

  it.each([
    ['step 10', 'a registration', 'type', { clientData: { type: 'webauthn.create' } }],
    ...clientLies.map(
      ([what, reason, lies]) =>
        [
          'steps 11 to 18',
          what,
          reason,
          { ...lies, ...(lies.flags && { flags: lies.flags & ~attested }) },
        ] as const,
    ),
    [
      'step 21',
      'a signature of another key',
      'signature',
      { signature: createKeyPair('ES256').sign(Buffer.alloc(1)) },
    ],
    ['step 21', 'no signature', 'signature', { signature: Buffer.alloc(0) }],
  ] as const)('%s: refuses %s', async (_step, _what, reason, lies: Lies) => {
    const { ours, theirs } = await assert({ lies })
    expect([ours, theirs]).toEqual([{ outcome: 'refused', reason }, 'refused'])
  })

  it('step 13: refuses a frame of another site', async () => {
    for (const clientData of [{ crossOrigin: true }, { topOrigin: 'https://evil.example' }])
      expect((await assert({ lies: { clientData } })).ours).toMatchObject({ reason: 'cross_origin' })
  })

  it('step 17: refuses an unrecognized user where one must be recognized', async () => {
    const lies = { flags: userPresent }
    const { ours, theirs } = await assert({ lies, needsUserVerification: true })
    expect([ours, theirs]).toEqual([{ outcome: 'refused', reason: 'user_verification' }, 'refused'])
    expect((await assert({ lies })).ours.outcome).toBe('verified')
  })

  it('step 19: refuses a passkey that has become another kind', async () => {
    const eligible = userPresent | userVerified | backupEligible
    expect((await assert({ lies: { flags: eligible } })).ours).toMatchObject({ reason: 'backup_eligibility' })
    const bound = { flags: userPresent | userVerified }
    expect((await assert({ isSynced: true, lies: bound })).ours).toMatchObject({
      reason: 'backup_eligibility',
    })
  })

  it('refuses authenticator data with something left over', async () => {
    const { ours } = await assert({ lies: { trailing: Buffer.from('00', 'hex') } })
    expect(ours).toEqual({ outcome: 'refused', reason: 'malformed' })
  })
})

describe('§5.8.1: client data', () => {
  it.each(['', '[]', 'null', '{}', '{"type":1,"challenge":"x","origin":"y"}', '\u0000'])(
    'is not %j',
    text => {
      expect(parseClientData(Buffer.from(text))).toBeUndefined()
    },
  )

  it('is not text that is not UTF-8', () => {
    expect(parseClientData(Buffer.from('7b22ff', 'hex'))).toBeUndefined()
  })
})

describe('§13.4.9: who we are', () => {
  it('is the host of PUBLIC_URL, whatever its path', () => {
    expect(relyingParty).toMatchObject({ id: 'auth.example.test', origin: 'https://auth.example.test' })
  })
})
