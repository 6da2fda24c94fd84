/**
 * Another verification mail, for who has not had one or has lost it. It goes where the address has an account that waits
 * for it.
 */
import type { EmailKey } from '../domain/email-address.ts'
import type { AskedProof, NewEmailProof } from '../domain/email-proof.ts'
import type { BrowserHash, EmailProofId } from '../domain/ids.ts'
import type { MakeEmailProof } from './make-email-proof.ts'

export interface RequestVerificationDeps {
  readonly makeProof: MakeEmailProof
  readonly proofs: {
    request(proof: NewEmailProof): Promise<void>
    requestAgain(proof: NewEmailProof, of: EmailProofId): Promise<void>
  }
}

export interface VerificationRequest {
  readonly emailKey: EmailKey
  readonly browserHash: BrowserHash | undefined
  readonly locale: string
  readonly askedFrom: string
  /** Sends nothing where the account was sent a code that is still live. */
  readonly unlessOpen?: boolean
  /** A request of this browser that is made once more: of a registration that waits, for instance. */
  readonly again?: AskedProof | undefined
}

/**
 * Names the request. The same work for every address, and the mail waits for the next look into the outbox: what a known
 * address costs must not show in the time of an answer.
 */
export const createRequestVerification =
  ({ makeProof, proofs }: RequestVerificationDeps) =>
  async ({ again, ...request }: VerificationRequest): Promise<EmailProofId> => {
    const purpose = again?.purpose ?? 'verification'
    const proof = await makeProof({ ...request, purpose, userId: undefined })
    await (again?.purpose === 'registration' ? proofs.requestAgain(proof, again.id) : proofs.request(proof))
    return proof.id
  }

export type RequestVerification = ReturnType<typeof createRequestVerification>
