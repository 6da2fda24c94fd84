/** Asks for a mail to sign in with. The same work for every address: whose it is comes out when the request is relayed. */
import type { EmailKey } from '../domain/email-address.ts'
import type { NewEmailProof } from '../domain/email-proof.ts'
import type { BrowserHash, EmailProofId } from '../domain/ids.ts'
import type { MakeEmailProof } from './make-email-proof.ts'

export interface RequestEmailSignInDeps {
  readonly makeProof: MakeEmailProof
  readonly proofs: { request(proof: NewEmailProof): Promise<void> }
}

export interface EmailSignInRequest {
  readonly emailKey: EmailKey
  readonly browserHash: BrowserHash | undefined
  readonly locale: string
  readonly askedFrom: string
  /** The handle of an authorization request that waits; its link leads back to it. */
  readonly flow?: string | undefined
}

export const createRequestEmailSignIn =
  ({ makeProof, proofs }: RequestEmailSignInDeps) =>
  async (request: EmailSignInRequest): Promise<EmailProofId> => {
    const proof = await makeProof({ ...request, purpose: 'sign_in', userId: undefined })
    await proofs.request(proof)
    return proof.id
  }

export type RequestEmailSignIn = ReturnType<typeof createRequestEmailSignIn>
