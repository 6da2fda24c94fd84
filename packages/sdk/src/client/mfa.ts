/** Second factors: those of the signed-in user, and the second half of a sign-in (`AuthProblem.mfa` of `MFA_REQUIRED`). */
import type { ClientApi } from './client-api.ts'
import type { AuthUser } from './wire.ts'

export interface AuthFactor {
  readonly id: string
  /** `totp`, `passkey`; a later server may have others. */
  readonly type: string
  readonly name: string | null
  /** RFC 3339. */
  readonly created_at: string
  /** RFC 3339. */
  readonly last_used_at: string | null
}

export interface AuthFactors {
  readonly enabled: boolean
  readonly factors: readonly AuthFactor[]
  readonly recovery_codes: { readonly left: number; readonly created_at: string } | null
}

/** For an authenticator app. */
export interface TotpSecret {
  /** Base32. */
  readonly secret: string
  readonly otpauth_uri: string
  /** The same as a picture. */
  readonly qr_svg: string
}

/** Recovery codes are shown once: they are not kept in the clear. */
export interface ConfirmedTotp {
  readonly factors: readonly AuthFactor[]
  readonly recovery_codes?: readonly string[]
}

export interface SecondFactorCode {
  readonly mfa_token: string
  readonly code: string
  /** Guessed from the code unless told. */
  readonly method?: 'totp' | 'recovery_code'
  readonly remember_device?: boolean
}

/** Who had to set a factor up first, and is signed in now. */
export interface EnrolledAtSignIn {
  readonly user: AuthUser
  readonly recovery_codes: readonly string[]
}

export const createMfaCalls = ({ sendAsNobody, sendSignedIn, signIn }: ClientApi) => ({
  factors: () => sendSignedIn<AuthFactors>({ method: 'GET', path: '/auth/mfa' }),

  /** @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `MFA_FACTOR_EXISTS` */
  beginTotp: () => sendSignedIn<TotpSecret>({ method: 'POST', path: '/auth/mfa/totp' }),

  /** With codes where there were none. @throws AuthProblem `INVALID_MFA_CODE`, `MFA_ENROLMENT_NOT_BEGUN` */
  confirmTotp: (proof: { readonly code: string }) =>
    sendSignedIn<ConfirmedTotp>({ method: 'POST', path: '/auth/mfa/totp/confirm', json: proof }),

  /** Ten new ones, and the end of the old. @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `MFA_NOT_SET_UP` */
  replaceRecoveryCodes: async (): Promise<readonly string[]> =>
    (
      await sendSignedIn<{ readonly recovery_codes: readonly string[] }>({
        method: 'POST',
        path: '/auth/mfa/recovery-codes',
      })
    ).recovery_codes,

  /** Ends the other sessions. @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `NOT_FOUND`, `LAST_WAY_IN` */
  removeFactor: async (id: string): Promise<void> => {
    await sendSignedIn({ method: 'DELETE', path: `/auth/mfa/${encodeURIComponent(id)}` })
  },

  /** Completes a sign-in. @throws AuthProblem `INVALID_MFA_CODE`, `INVALID_MFA_TOKEN`, `ACCOUNT_LOCKED` */
  verify: async (proof: SecondFactorCode): Promise<AuthUser> =>
    (await signIn({ method: 'POST', path: '/auth/mfa/verify', json: proof })).user,

  /** For a sign-in that `MFA_ENROLMENT_REQUIRED` has stopped. @throws AuthProblem `INVALID_MFA_TOKEN` */
  enrol: (request: { readonly mfa_token: string }) =>
    sendAsNobody<TotpSecret>({ method: 'POST', path: '/auth/mfa/enrol', json: request }),

  /** Completes it. @throws AuthProblem `INVALID_MFA_CODE`, `INVALID_MFA_TOKEN` */
  confirmEnrol: async (proof: {
    readonly mfa_token: string
    readonly code: string
  }): Promise<EnrolledAtSignIn> => {
    const call = { method: 'POST', path: '/auth/mfa/enrol/confirm', json: proof } as const
    const { user, recovery_codes } = await signIn<EnrolledAtSignIn>(call)
    return { user, recovery_codes }
  },
})
