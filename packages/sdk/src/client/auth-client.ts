/**
 * A typed client of Latchkey's first-party API (`/auth/*`), for apps that sign their users in themselves. It keeps and
 * refreshes the tokens; bodies are as they are on the wire.
 */
import { isAuthProblem, NotSignedInError } from './auth-problem.ts'
import { createClientApi, userIn } from './client-api.ts'
import { createEmailCalls } from './email.ts'
import { createExternalAccountCalls } from './external-accounts.ts'
import { createMfaCalls } from './mfa.ts'
import { createOrganizationCalls } from './organizations.ts'
import { createPasskeyCalls } from './passkeys.ts'
import { createProviderCalls } from './providers.ts'
import { createSend } from './send.ts'
import { createTokenKeeper } from './token-keeper.ts'
import { createMemoryStorage, type TokenStorage } from './token-storage.ts'
import type {
  AuthExport,
  AuthHealth,
  AuthSession,
  AuthUser,
  Credentials,
  ProfileChange,
  Registration,
} from './wire.ts'

/** Which installation, and where tokens are kept. */
export interface AuthClientOptions {
  /** The PUBLIC_URL of the installation. */
  baseUrl: string | URL
  /** Where tokens are kept. Default: in memory. */
  storage?: TokenStorage
  /** The global `fetch` unless told. */
  fetch?: typeof fetch
  /**
   * Whether calls to another origin carry cookies: `include` lets Latchkey know the device again, where the page's origin
   * is one of CORS_ORIGINS. Default: that of `fetch`, `same-origin`.
   */
  credentials?: 'omit' | 'same-origin' | 'include'
  /** Default 30. */
  timeoutSeconds?: number
  /** How long before its end an access token is refreshed. Default 30. */
  refreshBeforeSeconds?: number
  /** Called when the session has ended elsewhere and the user has to sign in again. */
  onSignedOut?: () => void
  now?: () => Date
}

/** What came of a registration. */
export type Registered =
  | { readonly outcome: 'signed_in'; readonly user: AuthUser }
  /** A mail is on its way; where registration is private, not even the user is told. */
  | { readonly outcome: 'verification_required'; readonly user: AuthUser | undefined }

/** The client of one user: each browser, or each request of a server that acts for somebody, has its own. */
export const createAuthClient = (options: AuthClientOptions) => {
  const send = createSend({
    baseUrl: options.baseUrl,
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    credentials: options.credentials,
    timeoutSeconds: options.timeoutSeconds ?? 30,
  })
  const keeper = createTokenKeeper({
    send,
    storage: options.storage ?? createMemoryStorage(),
    now: options.now ?? (() => new Date()),
    refreshBeforeSeconds: options.refreshBeforeSeconds ?? 30,
    onSignedOut: options.onSignedOut ?? (() => undefined),
  })
  const api = createClientApi({ send, keeper })
  const { sendSignedIn, signIn } = api

  return {
    /** @throws AuthProblem `EMAIL_EXISTS`, `VALIDATION_FAILED` with `errors`, `CHALLENGE_REQUIRED` */
    register: async (registration: Registration): Promise<Registered> => {
      const { body } = await send({ method: 'POST', path: '/auth/register', json: registration })
      const user = userIn(body)
      return (await keeper.take(body)) && user !== undefined
        ? { outcome: 'signed_in', user }
        : { outcome: 'verification_required', user }
    },

    /**
     * @throws AuthProblem `INVALID_CREDENTIALS`, `ACCOUNT_LOCKED`, `CHALLENGE_REQUIRED`; after a right password
     *   `ACCOUNT_DISABLED`, `EMAIL_NOT_VERIFIED`, `PASSWORD_RESET_REQUIRED`, and with `mfa` `MFA_REQUIRED`,
     *   `MFA_ENROLMENT_REQUIRED`
     */
    login: async (credentials: Credentials): Promise<AuthUser> =>
      (await signIn({ method: 'POST', path: '/auth/login', json: credentials })).user,

    /** Ends the session. One that has ended already counts as a success; without an answer the user stays signed in. */
    logout: async (): Promise<void> => {
      try {
        await sendSignedIn({ method: 'POST', path: '/auth/logout' })
      } catch (error) {
        const hasEnded = isAuthProblem(error) && error.status === 401
        if (!hasEnded && !(error instanceof NotSignedInError)) throw error
      }
      await keeper.forget()
    },

    /** An access token that is good for a while yet, for calls to other services. @throws NotSignedInError */
    accessToken: async (): Promise<string> => (await keeper.fresh()).accessToken,

    /** New tokens now; calls at once share one refresh. @throws AuthProblem `INVALID_REFRESH_TOKEN` */
    refresh: async (): Promise<void> => void (await keeper.renew(await keeper.load())),

    me: () => sendSignedIn<AuthUser>({ method: 'GET', path: '/auth/me' }),

    updateMe: (change: ProfileChange) =>
      sendSignedIn<AuthUser>({ method: 'PATCH', path: '/auth/me', json: change }),

    /**
     * Who it is, once more: what changes how an account is got into asks for it after a while.
     * @throws AuthProblem `INVALID_CREDENTIALS`, `INVALID_MFA_CODE`, `ACCOUNT_LOCKED`
     */
    reauthenticate: async (
      proof: { readonly password: string } | { readonly code: string },
    ): Promise<void> => {
      await sendSignedIn({ method: 'POST', path: '/auth/reauthenticate', json: proof })
    },

    /** All that is kept about the user. @throws AuthProblem `REAUTHENTICATION_REQUIRED` */
    exportMe: () => sendSignedIn<AuthExport>({ method: 'GET', path: '/auth/me/export' }),

    /**
     * Deletes the account. One without a password asks for a proof that is not old instead.
     * @throws AuthProblem `INVALID_CREDENTIALS`, `REAUTHENTICATION_REQUIRED`
     */
    deleteMe: async (proof: { readonly password?: string } = {}): Promise<void> => {
      await sendSignedIn({ method: 'DELETE', path: '/auth/me', json: proof })
      await keeper.forget()
    },

    /** Ends the other sessions. @throws AuthProblem `INVALID_CREDENTIALS`, `VALIDATION_FAILED` */
    changePassword: async (change: {
      readonly current_password: string
      readonly new_password: string
    }): Promise<void> => {
      await sendSignedIn({ method: 'PUT', path: '/auth/password', json: change })
    },

    /** Sends a mail where the address has an account; who asks is not told. @throws AuthProblem `CHALLENGE_REQUIRED` */
    requestPasswordReset: async (request: {
      readonly email: string
      /** Where `CHALLENGE_REQUIRED` has asked for it. */
      readonly challenge_token?: string
    }): Promise<void> => {
      await send({ method: 'POST', path: '/auth/password/reset', json: request })
    },

    /** Ends every session. @throws AuthProblem `INVALID_RESET_TOKEN`, `VALIDATION_FAILED` */
    confirmPasswordReset: async (proof: {
      readonly token: string
      readonly new_password: string
    }): Promise<void> => {
      await send({ method: 'POST', path: '/auth/password/reset/confirm', json: proof })
    },

    sessions: async (): Promise<readonly AuthSession[]> =>
      (
        await sendSignedIn<{ readonly sessions: readonly AuthSession[] }>({
          method: 'GET',
          path: '/auth/sessions',
        })
      ).sessions,

    /** @throws AuthProblem `NOT_FOUND` */
    endSession: async (id: string): Promise<void> => {
      await sendSignedIn({ method: 'DELETE', path: `/auth/sessions/${encodeURIComponent(id)}` })
    },

    /** @returns how many there were */
    endOtherSessions: async (): Promise<number> =>
      (await sendSignedIn<{ readonly ended: number }>({ method: 'DELETE', path: '/auth/sessions' })).ended,

    /** How the installation is; also where it is unhealthy. @throws AuthConnectionError where nothing answers */
    health: async (): Promise<AuthHealth> =>
      (await send({ method: 'GET', path: '/auth/health', alsoAnsweredWith: 503 })).body as AuthHealth,

    email: createEmailCalls(api),
    mfa: createMfaCalls(api),
    passkeys: createPasskeyCalls(api),
    providers: createProviderCalls(api),
    externalAccounts: createExternalAccountCalls(api),
    organizations: createOrganizationCalls(api),
  }
}

/** What `createAuthClient` makes. */
export type AuthClient = ReturnType<typeof createAuthClient>
