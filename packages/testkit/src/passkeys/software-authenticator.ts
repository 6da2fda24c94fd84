/**
 * A browser and its authenticator in one, made of node:crypto: what `navigator.credentials` would give for the options of
 * a server, as JSON. It says what it is told to say, so that a server can be shown everything it must refuse.
 *
 * @see WebAuthn Level 3 §5.1, §6.1
 */
import { createHash, randomBytes } from 'node:crypto'
import { type Encodable, encodeCbor } from './cbor.ts'
import { createKeyPair, type KeyPair, type PasskeyAlgorithm } from './key.ts'

export interface AuthenticatorInit {
  readonly origin: string
  readonly algorithm?: PasskeyAlgorithm
  /** Synced passkeys can be backed up, and count nothing. */
  readonly isSynced?: boolean
}

export interface CreationOptions {
  readonly challenge: string
  readonly rp: { readonly id?: string }
  readonly user: { readonly id: string }
}

export interface RequestOptions {
  readonly challenge: string
  readonly rpId?: string
}

/** What is said differently from the truth. */
export interface Lies {
  readonly clientData?: Readonly<Record<string, unknown>>
  readonly rpId?: string
  /** Bits that the flags have beside, or instead of, the right ones. */
  readonly flags?: number
  readonly signCount?: number
  readonly userHandle?: string | null
  readonly credentialId?: Buffer
  readonly publicKey?: Buffer
  readonly format?: string
  /** Behind the authenticator data. */
  readonly trailing?: Buffer
  readonly signature?: Buffer
}

export const authenticatorFlags = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
} as const

const sha256 = (data: string | Buffer): Buffer => createHash('sha256').update(data).digest()

const clientDataOf = (type: string, challenge: string, origin: string, lies: Lies): Buffer =>
  Buffer.from(JSON.stringify({ type, challenge, origin, crossOrigin: false, ...lies.clientData }))

const authenticatorDataOf = (rpId: string, flags: number, signCount: number, rest: Buffer): Buffer => {
  const head = Buffer.alloc(37)
  sha256(rpId).copy(head)
  head.writeUInt8(flags, 32)
  head.writeUInt32BE(signCount, 33)
  return Buffer.concat([head, rest])
}

/** Holds one passkey. */
export const createSoftwareAuthenticator = (init: AuthenticatorInit) => {
  const { origin, algorithm = 'ES256', isSynced = false } = init
  const { userPresent, userVerified, backupEligible, backedUp, attested } = authenticatorFlags
  const flags = userPresent | userVerified | (isSynced ? backupEligible | backedUp : 0)
  const credentialId = randomBytes(32)
  const keys: KeyPair = createKeyPair(algorithm)
  let userHandle: string | undefined
  let signCount = 0
  const rpIdOf = (rpId: string | undefined, lies: Lies) => lies.rpId ?? rpId ?? new URL(origin).hostname

  return {
    credentialId: credentialId.toString('base64url'),

    /** `navigator.credentials.create()`, as RegistrationResponseJSON. */
    create: ({ challenge, rp, user }: CreationOptions, lies: Lies = {}) => {
      userHandle = user.id
      const id = lies.credentialId ?? credentialId
      const idLength = Buffer.alloc(2)
      idLength.writeUInt16BE(id.length)
      const credential = [Buffer.alloc(16), idLength, id, lies.publicKey ?? keys.publicKey]
      const rest = Buffer.concat([...credential, lies.trailing ?? Buffer.alloc(0)])
      const said = lies.flags ?? flags | attested
      const authData = authenticatorDataOf(rpIdOf(rp.id, lies), said, lies.signCount ?? signCount, rest)
      const attestation = new Map<string, Encodable>([
        ['fmt', lies.format ?? 'none'],
        ['attStmt', new Map()],
        ['authData', authData],
      ])
      return {
        id: credentialId.toString('base64url'),
        rawId: credentialId.toString('base64url'),
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: { credProps: { rk: true } },
        response: {
          clientDataJSON: clientDataOf('webauthn.create', challenge, origin, lies).toString('base64url'),
          attestationObject: encodeCbor(attestation).toString('base64url'),
          transports: ['internal', 'hybrid'],
        },
      }
    },

    /** `navigator.credentials.get()`, as AuthenticationResponseJSON. */
    get: ({ challenge, rpId }: RequestOptions, lies: Lies = {}) => {
      if (!isSynced) signCount += 1
      const clientData = clientDataOf('webauthn.get', challenge, origin, lies)
      const count = lies.signCount ?? signCount
      const rest = lies.trailing ?? Buffer.alloc(0)
      const authData = authenticatorDataOf(rpIdOf(rpId, lies), lies.flags ?? flags, count, rest)
      const signature = lies.signature ?? keys.sign(Buffer.concat([authData, sha256(clientData)]))
      const handle = lies.userHandle === null ? undefined : (lies.userHandle ?? userHandle)
      const id = (lies.credentialId ?? credentialId).toString('base64url')
      return {
        id,
        rawId: id,
        type: 'public-key',
        authenticatorAttachment: 'platform',
        clientExtensionResults: {},
        response: {
          clientDataJSON: clientData.toString('base64url'),
          authenticatorData: authData.toString('base64url'),
          signature: signature.toString('base64url'),
          ...(handle === undefined ? {} : { userHandle: handle }),
        },
      }
    },
  }
}

export type SoftwareAuthenticator = ReturnType<typeof createSoftwareAuthenticator>
