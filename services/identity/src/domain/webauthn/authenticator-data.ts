/** What the authenticator says, and signs. @see WebAuthn Level 3 §6.1, §6.5.1 */
import { CborError, decodeCborItem } from './cbor.ts'

export interface AttestedCredential {
  /** The model of the authenticator, 16 bytes; zeros where it is not told. */
  readonly aaguid: Buffer
  readonly credentialId: Buffer
  /** A COSE_Key. */
  readonly publicKey: Buffer
}

export interface AuthenticatorData {
  readonly rpIdHash: Buffer
  readonly isUserPresent: boolean
  readonly isUserVerified: boolean
  /** Whether the passkey can be synced to other devices, or backed up. */
  readonly isBackupEligible: boolean
  readonly isBackedUp: boolean
  readonly signCount: number
  /** Of a registration. */
  readonly attested: AttestedCredential | undefined
  readonly raw: Buffer
}

const flag = {
  userPresent: 0x01,
  userVerified: 0x04,
  backupEligible: 0x08,
  backedUp: 0x10,
  attested: 0x40,
  extensions: 0x80,
}

const headLength = 37
const aaguidLength = 16

/** @throws CborError, RangeError where it is cut short */
const readAttested = (raw: Buffer, at: number): { attested: AttestedCredential; end: number } => {
  const idStart = at + aaguidLength + 2
  const keyStart = idStart + raw.readUInt16BE(idStart - 2)
  const { end } = decodeCborItem(raw, keyStart)
  return {
    attested: {
      aaguid: raw.subarray(at, at + aaguidLength),
      credentialId: raw.subarray(idStart, keyStart),
      publicKey: raw.subarray(keyStart, end),
    },
    end,
  }
}

const read = (raw: Buffer): AuthenticatorData | undefined => {
  if (raw.length < headLength) return undefined
  const flags = raw.readUInt8(32)
  const has = (bit: number): boolean => (flags & bit) !== 0
  let end = headLength
  let attested: AttestedCredential | undefined
  if (has(flag.attested)) ({ attested, end } = readAttested(raw, end))
  // We ask for none; what an authenticator adds of its own accord is signed with the rest and means nothing to us.
  if (has(flag.extensions)) ({ end } = decodeCborItem(raw, end))
  if (end !== raw.length) return undefined
  return {
    rpIdHash: raw.subarray(0, 32),
    isUserPresent: has(flag.userPresent),
    isUserVerified: has(flag.userVerified),
    isBackupEligible: has(flag.backupEligible),
    isBackedUp: has(flag.backedUp),
    signCount: raw.readUInt32BE(33),
    attested,
    raw,
  }
}

/** Undefined where it is cut short, has something left over, or is not what its flags say. */
export const parseAuthenticatorData = (raw: Buffer): AuthenticatorData | undefined => {
  try {
    return read(raw)
  } catch (error) {
    if (error instanceof CborError || error instanceof RangeError) return undefined
    throw error
  }
}
