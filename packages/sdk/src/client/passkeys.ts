/**
 * Passkeys. A question goes to `PublicKeyCredential.parseRequestOptionsFromJSON` or `parseCreationOptionsFromJSON` and
 * `navigator.credentials`; what that gives comes back by its `toJSON()`. @see WebAuthn Level 3 §5.1
 */
import type { ClientApi } from './client-api.ts'
import type { AuthUser } from './wire.ts'

interface PasskeyDescriptor {
  type: 'public-key'
  id: string
  transports: string[]
}

/** PublicKeyCredentialRequestOptionsJSON, as far as Latchkey fills it in. */
export interface PasskeyRequestOptions {
  challenge: string
  timeout: number
  rpId: string
  allowCredentials: PasskeyDescriptor[]
  userVerification: 'required' | 'preferred'
}

/** PublicKeyCredentialCreationOptionsJSON, the same. */
export interface PasskeyCreationOptions {
  rp: { id: string; name: string }
  user: { id: string; name: string; displayName: string }
  challenge: string
  pubKeyCredParams: { type: 'public-key'; alg: number }[]
  timeout: number
  excludeCredentials: PasskeyDescriptor[]
  authenticatorSelection: {
    residentKey: 'preferred'
    requireResidentKey: boolean
    userVerification: 'preferred'
  }
  attestation: 'none'
  extensions: { credProps: boolean }
}

/** AuthenticationResponseJSON, as far as Latchkey reads it. */
export interface PasskeyAssertion {
  readonly id: string
  readonly type: string
  readonly response: {
    readonly clientDataJSON: string
    readonly authenticatorData: string
    readonly signature: string
    readonly userHandle?: string | null
  }
}

/** RegistrationResponseJSON, the same. */
export interface NewPasskeyCredential {
  readonly id: string
  readonly type: string
  readonly response: {
    readonly clientDataJSON: string
    readonly attestationObject: string
    readonly transports?: readonly string[]
  }
  /** Whether a sign-in can find the passkey by itself. */
  readonly clientExtensionResults?: { readonly credProps?: { readonly rk?: boolean } }
}

export interface AuthPasskey {
  readonly id: string
  readonly name: string
  /** `synced` ones can be on several devices; `device` ones never leave the one that made them. */
  readonly kind: 'synced' | 'device'
  readonly backed_up: boolean
  readonly transports: readonly string[]
  /** RFC 3339. */
  readonly created_at: string
  /** RFC 3339. */
  readonly last_used_at: string | null
}

/** Recovery codes where there were none: they are shown once. */
export type AddedPasskey = AuthPasskey & { readonly recovery_codes?: readonly string[] }

const ownPath = '/auth/mfa/passkeys'
const pathOf = (id: string): string => `${ownPath}/${encodeURIComponent(id)}`

export const createPasskeyCalls = ({ sendAsNobody, sendSignedIn, signIn }: ClientApi) => ({
  /** The same for everybody. */
  signInOptions: () =>
    sendAsNobody<PasskeyRequestOptions>({ method: 'POST', path: '/auth/passkeys/options' }),

  /** @throws AuthProblem `PASSKEY_REFUSED`, whatever is wrong, and what `login` throws after a right password */
  signIn: async (proof: {
    readonly credential: PasskeyAssertion
    readonly remember_me?: boolean
  }): Promise<AuthUser> =>
    (await signIn({ method: 'POST', path: '/auth/passkeys/sign-in', json: proof })).user,

  /** For a sign-in that `MFA_REQUIRED` has stopped. @throws AuthProblem `INVALID_MFA_TOKEN` */
  secondFactorOptions: (request: { readonly mfa_token: string }) =>
    sendAsNobody<PasskeyRequestOptions>({ method: 'POST', path: `${ownPath}/verify/options`, json: request }),

  /** Completes it. @throws AuthProblem `PASSKEY_REFUSED`, `INVALID_MFA_TOKEN` */
  verify: async (proof: {
    readonly mfa_token: string
    readonly credential: PasskeyAssertion
    readonly remember_device?: boolean
  }): Promise<AuthUser> => (await signIn({ method: 'POST', path: `${ownPath}/verify`, json: proof })).user,

  list: async (): Promise<readonly AuthPasskey[]> =>
    (await sendSignedIn<{ readonly passkeys: readonly AuthPasskey[] }>({ method: 'GET', path: ownPath }))
      .passkeys,

  /** @throws AuthProblem `REAUTHENTICATION_REQUIRED` */
  addOptions: () => sendSignedIn<PasskeyCreationOptions>({ method: 'POST', path: `${ownPath}/options` }),

  /** @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `PASSKEY_REFUSED`, `PASSKEY_EXISTS`, `TOO_MANY_PASSKEYS` */
  add: (passkey: { readonly credential: NewPasskeyCredential; readonly name?: string }) =>
    sendSignedIn<AddedPasskey>({ method: 'POST', path: ownPath, json: passkey }),

  /** @throws AuthProblem `PASSKEY_NOT_FOUND` */
  rename: (id: string, change: { readonly name: string }) =>
    sendSignedIn<AuthPasskey>({ method: 'PATCH', path: pathOf(id), json: change }),

  /** @throws AuthProblem `REAUTHENTICATION_REQUIRED`, `PASSKEY_NOT_FOUND`, `LAST_WAY_IN` */
  remove: async (id: string): Promise<void> => {
    await sendSignedIn({ method: 'DELETE', path: pathOf(id) })
  },

  /** For `reauthenticate` below. */
  reauthenticateOptions: () =>
    sendSignedIn<PasskeyRequestOptions>({ method: 'POST', path: '/auth/reauthenticate/passkey/options' }),

  /** In the place of a password. @throws AuthProblem `PASSKEY_REFUSED` */
  reauthenticate: async (proof: { readonly credential: PasskeyAssertion }): Promise<void> => {
    await sendSignedIn({ method: 'POST', path: '/auth/reauthenticate/passkey', json: proof })
  },
})
