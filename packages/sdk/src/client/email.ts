/** Addresses: the proof of one, another one, and signing in by a mail. */
import type { ClientApi } from './client-api.ts'
import type { AuthUser } from './wire.ts'

/** Of a mail's link; of its code, and whose; or of its code alone, which is the signed-in user's. */
export type EmailVerification =
  | { readonly token: string }
  | { readonly code: string; readonly email?: string }

/** Of a mail's link, which needs nobody to be signed in, or of its code, which is the signed-in user's. */
export type EmailChangeProof = { readonly token: string } | { readonly code: string }

export type EmailSignIn = ({ readonly token: string } | { readonly email: string; readonly code: string }) & {
  readonly remember_me?: boolean
}

export const createEmailCalls = ({ sendAsNobody, sendSignedIn, signIn }: ClientApi) => ({
  /** @throws AuthProblem `INVALID_VERIFICATION_TOKEN`; by a code `ACCOUNT_LOCKED` */
  verify: async (proof: EmailVerification): Promise<void> => {
    const send = 'token' in proof || proof.email !== undefined ? sendAsNobody : sendSignedIn
    await send({ method: 'POST', path: '/auth/email/verify', json: proof })
  },

  /** Sends the signed-in user another mail; where the address is verified already, none. */
  resendVerification: async (): Promise<void> => {
    await sendSignedIn({ method: 'POST', path: '/auth/email/verify/resend' })
  },

  /** Sends mails to the old and to the new address. @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `EMAIL_EXISTS` */
  change: async (change: { readonly email: string }): Promise<void> => {
    await sendSignedIn({ method: 'POST', path: '/auth/email/change', json: change })
  },

  /** Gives up a change that waits. */
  cancelChange: async (): Promise<void> => {
    await sendSignedIn({ method: 'DELETE', path: '/auth/email/change' })
  },

  /**
   * `waiting`: for the other address.
   * @throws AuthProblem `INVALID_VERIFICATION_TOKEN`, `EMAIL_EXISTS`; by a code `ACCOUNT_LOCKED`
   */
  confirmChange: async (proof: EmailChangeProof): Promise<'waiting' | 'changed'> => {
    const send = 'token' in proof ? sendAsNobody : sendSignedIn
    const call = { method: 'POST', path: '/auth/email/change/confirm', json: proof } as const
    return (await send<{ readonly status: 'waiting' | 'changed' }>(call)).status
  },

  /**
   * Sends a mail to sign in with where the address has an account; who asks is not told.
   * @throws AuthProblem `CHALLENGE_REQUIRED`; `NOT_FOUND` unless EMAIL_SIGN_IN is set
   */
  requestSignIn: async (request: {
    readonly email: string
    readonly challenge_token?: string
  }): Promise<void> => {
    await sendAsNobody({ method: 'POST', path: '/auth/email/sign-in', json: request })
  },

  /**
   * @throws AuthProblem `INVALID_VERIFICATION_TOKEN`; by a code `ACCOUNT_LOCKED`; what `login` throws after a right
   *   password
   */
  confirmSignIn: async (proof: EmailSignIn): Promise<AuthUser> =>
    (await signIn({ method: 'POST', path: '/auth/email/sign-in/confirm', json: proof })).user,
})
