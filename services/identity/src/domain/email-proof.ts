/**
 * A proof that somebody reads an address: a link that works once, and for who types it instead a code that lives minutes.
 * The code counts for the address and the purpose that it was made for, and where a page asked, in its browser alone.
 *
 * @see OWASP ASVS 5.0 §6.5.1, §6.5.4, §6.5.5
 */
import { createHmac, hkdfSync, randomInt } from 'node:crypto'
import { sha256Hex } from '@latchkey/runtime/crypto'
import type { EmailKey } from './email-address.ts'
import type { BrowserHash, CodeHash, EmailChangeId, EmailProofId, ProofTokenHash, UserId } from './ids.ts'

/** `registration` proves the address of an account that is made by it. */
export type EmailProofPurpose = 'verification' | 'registration' | 'change_old' | 'change_new' | 'sign_in'

export interface NewEmailProof {
  readonly id: EmailProofId
  readonly purpose: EmailProofPurpose
  readonly emailKey: EmailKey
  /** Undefined where nobody may know yet whose the address is. */
  readonly userId: UserId | undefined
  readonly browserHash: BrowserHash | undefined
  readonly tokenHash: ProofTokenHash
  readonly codeHash: CodeHash
  /** A JWE that holds link and code, for the mail worker alone. */
  readonly sealedData: string
  readonly locale: string
  /** The address that asked; '' where nobody did. */
  readonly askedFrom: string
  readonly unlessOpen: boolean
  /** The change of address that it says yes to. */
  readonly changeId: EmailChangeId | undefined
  readonly at: Date
  readonly codeExpiresAt: Date
  readonly expiresAt: Date
}

/** What a page of this browser has asked for. */
export interface AskedProof {
  readonly id: EmailProofId
  readonly purpose: EmailProofPurpose
  readonly emailKey: EmailKey
}

/** What a request is when it is handed to the relay. */
export interface ProofIssue {
  readonly id: EmailProofId
  /** The IP address that asked; '' where nobody did. */
  readonly askedFrom: string
  /** Sends nothing where the account was sent a code that is still live. */
  readonly unlessOpen: boolean
}

/** Who presents a code: for which address, and from which browser where a page asked for it. */
export interface PresentedCode {
  readonly purposes: readonly EmailProofPurpose[]
  readonly emailKey: EmailKey
  readonly codeHash: CodeHash
  /** The one request that it was sent for; undefined takes any of the address that no browser asked for. */
  readonly request: { readonly id: EmailProofId; readonly browserHash: BrowserHash } | undefined
}

/** ASVS 6.5.5 allows ten minutes. */
export const codeSeconds = 600

const digits = 6

/** 20 bits, which guessing may try five times: ASVS 6.5.4. */
export const randomCode = (): string => String(randomInt(10 ** digits)).padStart(digits, '0')

/** A code as people type it, spaces and hyphens left out. */
export const normalizeCode = (text: string): string => text.replace(/[\s-]/g, '')

export const hashProofToken = (rawToken: string): ProofTokenHash => sha256Hex(rawToken) as ProofTokenHash

/** Of the cookie that a browser has before anybody has signed in. */
export const hashBrowser = (rawBrowser: string): BrowserHash =>
  sha256Hex(`latchkey email proof\0${rawBrowser}`) as BrowserHash

/** What one code may be typed for: who registers need not know whether the account is there yet. */
const kindOf = (purpose: EmailProofPurpose): string => (purpose === 'registration' ? 'verification' : purpose)

/** A keyed hash: a million codes are tried against a plain one in a second. @see ASVS 11.4 */
export const createHashCode = (secret: Uint8Array) => {
  const key = Buffer.from(hkdfSync('sha256', secret, '', 'latchkey email code v1', 32))
  return (purpose: EmailProofPurpose, emailKey: EmailKey, rawCode: string): CodeHash =>
    createHmac('sha256', key)
      .update(`${kindOf(purpose)}\0${emailKey}\0${rawCode}`)
      .digest('hex') as CodeHash
}

export type HashCode = ReturnType<typeof createHashCode>

/** A proof that was presented and is live: what it proves, and whose address it turned out to be. */
export interface LiveProof {
  readonly id: EmailProofId
  readonly purpose: EmailProofPurpose
  readonly userId: UserId | undefined
}

/** How use cases find what somebody presents. Unknown, used and outdated ones are not found. */
export interface LiveProofs {
  findByToken(
    purposes: readonly EmailProofPurpose[],
    tokenHash: ProofTokenHash,
    at: Date,
  ): Promise<LiveProof | undefined>
  findByCode(presented: PresentedCode, at: Date): Promise<LiveProof | undefined>
}
