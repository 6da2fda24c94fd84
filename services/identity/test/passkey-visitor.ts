/** Somebody with a passkey, as a program of theirs would enrol and use it. */
import { type AuthenticatorInit, createSoftwareAuthenticator, type Lies } from '@latchkey/testkit/passkeys'
import type { Answer, CallOptions, IdentityUnderTest } from './identity-under-test.ts'
import { publicUrl } from './neighbours.ts'

export const createPasskeyHolder = (identity: IdentityUnderTest, init: Partial<AuthenticatorInit> = {}) => {
  const authenticator = createSoftwareAuthenticator({ origin: publicUrl, ...init })
  const post = (path: string, options: CallOptions = {}) =>
    identity.call('POST', path, { body: {}, ...options })
  type Creation = Parameters<typeof authenticator.create>[0]
  type Request = Parameters<typeof authenticator.get>[0]

  return {
    authenticator,

    /** Enrols it for the bearer. */
    enrol: async (bearer: string, lies: Lies = {}): Promise<Answer> => {
      const options = await post('/auth/mfa/passkeys/options', { bearer })
      if (options.status !== 200) return options
      const credential = authenticator.create(options.body as unknown as Creation, lies)
      return post('/auth/mfa/passkeys', { bearer, body: { credential } })
    },

    /** An assertion for a sign-in. */
    assertion: async (lies: Lies = {}) => {
      const options = await post('/auth/passkeys/options')
      return authenticator.get(options.body as unknown as Request, lies)
    },

    signIn: (credential: unknown, options: CallOptions = {}): Promise<Answer> =>
      post('/auth/passkeys/sign-in', { body: { credential }, ...options }),

    /** Proves who it is once more. */
    reauthenticate: async (bearer: string, lies: Lies = {}): Promise<Answer> => {
      const options = await post('/auth/reauthenticate/passkey/options', { bearer })
      const credential = authenticator.get(options.body as unknown as Request, lies)
      return post('/auth/reauthenticate/passkey', { bearer, body: { credential } })
    },
  }
}

/** A user with one passkey, and the recovery codes that came with it. */
export const aPasskeyHolder = async (
  identity: IdentityUnderTest,
  init: Parameters<typeof createPasskeyHolder>[1] = {},
) => {
  const user = await identity.register()
  const holder = createPasskeyHolder(identity, init)
  const { status, text, body } = await holder.enrol(user.bearer)
  if (status !== 201) throw new Error(`the enrolment answered ${status}: ${text}`)
  const recoveryCodes = (body.recovery_codes ?? []) as string[]
  return { ...user, ...holder, passkeyId: String(body.id), recoveryCodes }
}
