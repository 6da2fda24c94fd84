/**
 * Requests that no provider may grant. Where ours and the certified one differ, the case says who goes by the text, and
 * which text.
 */
import type { ComparedProvider, Outcome, Parameters } from './provider.ts'

export interface Verdict {
  /** Where it is told: to the client by a redirect, or to whoever asks. */
  readonly redirected?: boolean
  readonly status?: number
  readonly error?: string | undefined
}

export interface ComparedCase {
  readonly name: string
  readonly run: (provider: ComparedProvider) => Promise<Outcome>
  readonly both?: Verdict
  readonly differ?: { readonly ours: Verdict; readonly theirs: Verdict; readonly because: string }
}

type Ask = (provider: ComparedProvider) => Parameters

const authorize =
  (change: Ask, cookie?: string) =>
  (provider: ComparedProvider): Promise<Outcome> =>
    provider.authorize(provider.encode(provider.authorizationRequest(provider.app, change(provider))), cookie)

const told = (error: string): Verdict => ({ redirected: true, error })
const shown: Verdict = { redirected: false, status: 400 }

export const authorizationCases: readonly ComparedCase[] = [
  {
    name: 'no response_type',
    run: authorize(() => ({ response_type: undefined })),
    both: told('invalid_request'),
  },
  {
    name: 'the implicit grant',
    run: authorize(() => ({ response_type: 'token' })),
    both: told('unsupported_response_type'),
  },
  {
    name: 'the hybrid flow',
    run: authorize(() => ({ response_type: 'code id_token', nonce: 'n' })),
    both: told('unsupported_response_type'),
  },
  {
    name: 'no code_challenge',
    run: authorize(() => ({ code_challenge: undefined, code_challenge_method: undefined })),
    both: told('invalid_request'),
  },
  {
    name: 'the plain method of PKCE',
    run: authorize(() => ({ code_challenge_method: 'plain' })),
    both: told('invalid_request'),
  },
  {
    name: 'a code_challenge that is none',
    run: authorize(() => ({ code_challenge: 'short' })),
    both: told('invalid_request'),
  },
  {
    name: 'prompt=none beside another',
    run: authorize(() => ({ prompt: 'none login' })),
    both: told('invalid_request'),
  },
  {
    name: 'a prompt that nobody knows',
    run: authorize(() => ({ prompt: 'dance' })),
    both: told('invalid_request'),
  },
  {
    name: 'max_age that is no number',
    run: authorize(() => ({ max_age: 'soon' })),
    both: told('invalid_request'),
  },
  { name: 'a negative max_age', run: authorize(() => ({ max_age: '-1' })), both: told('invalid_request') },
  {
    name: 'an id_token_hint that is no JWT',
    run: authorize(() => ({ id_token_hint: 'nonsense' })),
    differ: {
      ours: { redirected: true, error: undefined },
      theirs: told('invalid_request'),
      because:
        'OpenID Connect Core §3.1.2.1 makes it a hint: one that says nothing (its key may be long gone) is passed over where the user can be asked',
    },
  },
  {
    name: 'prompt=none with nobody signed in',
    run: authorize(() => ({ prompt: 'none' }), 'none=1'),
    both: told('login_required'),
  },
  {
    name: 'a resource that is not absolute',
    run: authorize(() => ({ resource: 'relative' })),
    both: told('invalid_target'),
  },
  { name: 'a client that does not exist', run: authorize(() => ({ client_id: 'nobody' })), both: shown },
  { name: 'no client_id', run: authorize(() => ({ client_id: undefined })), both: shown },
  {
    name: 'a redirect_uri of somebody else',
    run: authorize(() => ({ redirect_uri: 'https://evil.example/' })),
    both: shown,
  },
  {
    name: 'a redirect_uri with something added',
    run: authorize(({ app }) => ({ redirect_uri: `${app.redirectUri}/..` })),
    both: shown,
  },
  {
    name: 'a scope that does not exist',
    run: authorize(() => ({ scope: 'openid nonsense' })),
    differ: {
      ours: told('invalid_scope'),
      theirs: { redirected: true, error: undefined },
      because:
        'draft OAuth 2.1 §1.4.1 lets a server ignore what it does not know or refuse it; SPEC §2.1 (Authly) refuses, word for word',
    },
  },
]

const redeem =
  (change: Ask, pick: 'app' | 'web' = 'app') =>
  async (provider: ComparedProvider): Promise<Outcome> => {
    const client = provider[pick]
    const code = await provider.getCode(client)
    return provider.post(
      'token_endpoint',
      provider.encode(provider.tokenRequest(code, client, change(provider))),
      client,
    )
  }

const refused = (error: string, status = 400): Verdict => ({ status, error })

const refreshed = async (provider: ComparedProvider, changes: Parameters): Promise<Outcome> => {
  const code = await provider.getCode(provider.app)
  const first = await provider.post(
    'token_endpoint',
    provider.encode(provider.tokenRequest(code, provider.app)),
  )
  return provider.post(
    'token_endpoint',
    provider.encode({
      grant_type: 'refresh_token',
      client_id: provider.app.id,
      refresh_token: Object(first.json).refresh_token,
      ...changes,
    }),
  )
}

export const tokenCases: readonly ComparedCase[] = [
  { name: 'no grant_type', run: redeem(() => ({ grant_type: undefined })), both: refused('invalid_request') },
  {
    name: 'the password grant',
    run: redeem(() => ({ grant_type: 'password' })),
    both: refused('unsupported_grant_type'),
  },
  {
    name: 'a grant_type that nobody knows',
    run: redeem(() => ({ grant_type: 'wish' })),
    both: refused('unsupported_grant_type'),
  },
  { name: 'no code', run: redeem(() => ({ code: undefined })), both: refused('invalid_request') },
  {
    name: 'a code that nobody gave',
    run: redeem(() => ({ code: 'nonsense' })),
    both: refused('invalid_grant'),
  },
  {
    name: 'another verifier',
    run: redeem(() => ({ code_verifier: 'a'.repeat(43) })),
    both: refused('invalid_grant'),
  },
  { name: 'no verifier', run: redeem(() => ({ code_verifier: undefined })), both: refused('invalid_grant') },
  {
    name: 'another redirect_uri',
    run: redeem(() => ({ redirect_uri: 'https://evil.example/' })),
    both: refused('invalid_grant'),
  },
  {
    name: 'the code of another client',
    run: async provider => {
      const code = await provider.getCode(provider.app)
      return provider.post(
        'token_endpoint',
        provider.encode(provider.tokenRequest(code, provider.web)),
        provider.web,
      )
    },
    both: refused('invalid_grant'),
  },
  {
    name: 'a code for the second time',
    run: async provider => {
      const body = provider.encode(provider.tokenRequest(await provider.getCode(provider.app), provider.app))
      await provider.post('token_endpoint', body)
      return provider.post('token_endpoint', body)
    },
    both: refused('invalid_grant'),
  },
  {
    name: 'a wrong secret',
    run: provider =>
      provider.post('token_endpoint', 'grant_type=authorization_code&code=x', {
        ...provider.web,
        secret: 'wrong',
      }),
    both: refused('invalid_client', 401),
  },
  {
    name: 'a confidential client without its secret',
    run: provider =>
      provider.post(
        'token_endpoint',
        provider.encode({ grant_type: 'authorization_code', code: 'x', client_id: provider.web.id }),
      ),
    both: { error: 'invalid_client' },
  },
  {
    name: 'a client that does not exist',
    run: provider => provider.post('token_endpoint', 'grant_type=authorization_code&code=x&client_id=nobody'),
    both: { error: 'invalid_client' },
  },
  {
    name: 'two client authentications at once',
    run: provider =>
      provider.post(
        'token_endpoint',
        provider.encode({
          grant_type: 'authorization_code',
          code: 'x',
          client_id: provider.web.id,
          client_secret: provider.web.secret,
        }),
        provider.web,
      ),
    both: refused('invalid_request'),
  },
  {
    name: 'a parameter twice',
    run: provider =>
      provider.post(
        'token_endpoint',
        `grant_type=authorization_code&grant_type=authorization_code&code=x&client_id=${provider.app.id}`,
      ),
    both: refused('invalid_request'),
  },
  {
    name: 'a refresh token that nobody gave',
    run: provider => refreshed(provider, { refresh_token: 'nonsense' }),
    both: refused('invalid_grant'),
  },
  {
    name: 'no refresh token',
    run: provider => refreshed(provider, { refresh_token: undefined }),
    both: refused('invalid_request'),
  },
  {
    name: 'a refresh that asks for more',
    run: provider => refreshed(provider, { scope: 'openid email' }),
    both: refused('invalid_scope'),
  },
]

export const resourceCases: readonly ComparedCase[] = [
  {
    name: 'UserInfo with a token that is none',
    run: provider => provider.userinfo({ Authorization: 'Bearer nonsense' }),
    both: { status: 401 },
  },
  {
    name: 'introspection by nobody',
    run: provider => provider.post('introspection_endpoint', 'token=x'),
    differ: {
      ours: refused('invalid_client', 401),
      theirs: refused('invalid_request', 400),
      because:
        'RFC 6749 §5.2 counts "no client authentication included" as invalid_client, and RFC 7662 §2.3 wants a 401 here',
    },
  },
  {
    name: 'introspection with a wrong secret',
    run: provider => provider.post('introspection_endpoint', 'token=x', { ...provider.web, secret: 'wrong' }),
    both: refused('invalid_client', 401),
  },
  {
    name: 'revocation with a wrong secret',
    run: provider => provider.post('revocation_endpoint', 'token=x', { ...provider.web, secret: 'wrong' }),
    both: refused('invalid_client', 401),
  },
  {
    name: 'revocation without a token',
    run: provider => provider.post('revocation_endpoint', '', provider.web),
    both: refused('invalid_request'),
  },
]
