/**
 * Sign-in with accounts at providers. The user's browser goes to one and comes back to `redirect_uri` with `code` and
 * `state`, or with `error`; the code is good for one minute, once.
 */
import type { ClientApi } from './client-api.ts'
import type { AuthUser } from './wire.ts'

export interface AuthProvider {
  /** As the other calls want it. */
  readonly name: string
  /** For people. */
  readonly display_name: string
}

export interface ProviderRequest {
  /** One of SOCIAL_REDIRECT_URIS, to the letter but for the port of a loopback address. */
  readonly redirect_uri: string
  /** The SHA-256 of a `code_verifier`, in base64url; needed where `redirect_uri` has a scheme of its own. @see RFC 7636 */
  readonly code_challenge?: string
}

export interface ProviderJourney {
  /** Where the browser goes. */
  readonly authorization_url: string
  /** Comes back with the code: one that is not this one is of somebody else's journey. */
  readonly state: string
}

export interface ProviderCode {
  readonly code: string
  readonly state: string
  /** Where there was a `code_challenge`. */
  readonly code_verifier?: string
}

const pathOf = (provider: string, end: string): string => `/auth/oauth/${encodeURIComponent(provider)}/${end}`

export const createProviderCalls = ({ sendAsNobody, signIn }: ClientApi) => ({
  list: async (): Promise<readonly AuthProvider[]> =>
    (
      await sendAsNobody<{ readonly providers: readonly AuthProvider[] }>({
        method: 'GET',
        path: '/auth/oauth/providers',
      })
    ).providers,

  /** @throws AuthProblem `UNKNOWN_PROVIDER`, `VALIDATION_FAILED`, `PROVIDER_UNAVAILABLE` */
  begin: (provider: string, { redirect_uri, code_challenge }: ProviderRequest) => {
    const challenge = code_challenge === undefined ? {} : { code_challenge, code_challenge_method: 'S256' }
    const query = new URLSearchParams({ redirect_uri, ...challenge })
    return sendAsNobody<ProviderJourney>({ method: 'GET', path: `${pathOf(provider, 'authorize')}?${query}` })
  },

  /** @throws AuthProblem `INVALID_STATE`, `INVALID_CODE_VERIFIER`, and what `login` throws after a right password */
  signIn: async (provider: string, proof: ProviderCode): Promise<AuthUser> =>
    (await signIn({ method: 'POST', path: pathOf(provider, 'callback'), json: proof })).user,
})
