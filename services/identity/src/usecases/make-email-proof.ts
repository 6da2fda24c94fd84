/**
 * What somebody will prove an address with: the token of a link, and a code. Both are made with the request, for known and
 * unknown addresses alike; only their hashes stay, and what goes into the mail is sealed for its worker.
 */
import { randomToken } from '@latchkey/runtime/crypto'
import { createUuid } from '@latchkey/runtime/ids'
import type { EmailKey } from '../domain/email-address.ts'
import {
  codeSeconds,
  type EmailProofPurpose,
  type HashCode,
  hashProofToken,
  type NewEmailProof,
  randomCode,
} from '../domain/email-proof.ts'
import { type EmailSignInMode, hasCode, hasLink } from '../domain/email-sign-in.ts'
import type { BrowserHash, EmailChangeId, EmailProofId, UserId } from '../domain/ids.ts'
import type { Seal } from '../domain/seal.ts'

export interface MakeEmailProofDeps {
  /** What mails of a sign-in hold. */
  readonly signInMode: EmailSignInMode
  readonly seal: Seal
  readonly hashCode: HashCode
  /** For how long the link works. */
  readonly ttlSeconds: Readonly<Record<EmailProofPurpose, number>>
  readonly now: () => Date
}

export interface EmailProofRequest {
  readonly purpose: EmailProofPurpose
  readonly emailKey: EmailKey
  readonly userId: UserId | undefined
  readonly browserHash: BrowserHash | undefined
  readonly locale: string
  /** The IP address that asks. */
  readonly askedFrom: string
  /** Sends nothing where the account was sent a code that is still live. */
  readonly unlessOpen?: boolean
  readonly changeId?: EmailChangeId
  /** The handle of an authorization request that waits; the link leads back to it. */
  readonly flow?: string | undefined
}

export const createMakeEmailProof =
  ({ signInMode, seal, hashCode, ttlSeconds, now }: MakeEmailProofDeps) =>
  async ({ flow = '', ...request }: EmailProofRequest): Promise<NewEmailProof> => {
    const { purpose, emailKey } = request
    const [token, code] = [randomToken(), randomCode()]
    const at = now()
    const inSeconds = (seconds: number) => new Date(at.getTime() + seconds * 1_000)
    return {
      unlessOpen: false,
      changeId: undefined,
      ...request,
      id: createUuid<EmailProofId>(),
      tokenHash: hashProofToken(token),
      codeHash: hashCode(purpose, emailKey, code),
      sealedData: await seal(
        purpose === 'sign_in'
          ? { token: hasLink(signInMode) ? token : '', code: hasCode(signInMode) ? code : '', flow }
          : { token, code },
      ),
      at,
      codeExpiresAt: inSeconds(codeSeconds),
      expiresAt: inSeconds(ttlSeconds[purpose]),
    }
  }

export type MakeEmailProof = ReturnType<typeof createMakeEmailProof>
