/**
 * An OpenID Connect provider that lies where it is told to: wrong issuers, audiences, nonces, signatures. For one that does
 * not, there is `oidc-provider`.
 */
import { createHash, randomBytes } from 'node:crypto'
import { exportJWK, generateKeyPair, type JWTPayload, SignJWT } from 'jose'
import {
  type StandInAnswer,
  type StandInRequest,
  type StandInServer,
  startStandInServer,
} from './stand-in-server.ts'

export type ProviderClaims = Readonly<Record<string, unknown>> & { readonly sub: string }

export interface Lies {
  /** What the ID token says instead. */
  readonly idToken?: (claims: JWTPayload) => JWTPayload
  /** Signed by somebody else. */
  readonly foreignKey?: boolean
  /** The claims are in the answer of the userinfo endpoint, not in the ID token, unless this says so. */
  readonly claimsInIdToken?: boolean
}

export interface OpenIdStandIn extends StandInServer {
  /** As if the person had signed in on the page of the URL: where the browser is sent next. */
  readonly approve: (authorizationUrl: string, person: ProviderClaims, lies?: Lies) => URL
  /** The latest request to the token endpoint. */
  readonly exchanged: () => StandInRequest | undefined
}

interface Grant {
  readonly person: ProviderClaims
  readonly lies: Lies
  readonly asked: URLSearchParams
}

export interface OpenIdStandInInit {
  /** What it says it is; its own origin by default. Whoever asks must come by another way then. */
  readonly issuer?: string
}

export const startOpenIdProvider = async ({ issuer }: OpenIdStandInInit = {}): Promise<OpenIdStandIn> => {
  const [own, foreign] = [await generateKeyPair('RS256'), await generateKeyPair('RS256')]
  const jwk = { ...(await exportJWK(own.publicKey)), kid: 'own', alg: 'RS256', use: 'sig' }
  const codes = new Map<string, Grant>()
  const tokens = new Map<string, ProviderClaims>()
  let exchanged: StandInRequest | undefined

  const exchange = async (request: StandInRequest, self: string): Promise<StandInAnswer> => {
    exchanged = request
    const code = request.form.get('code') ?? ''
    const grant = codes.get(code)
    codes.delete(code)
    const challenge = createHash('sha256')
      .update(request.form.get('code_verifier') ?? '')
      .digest('base64url')
    if (grant === undefined || challenge !== grant.asked.get('code_challenge'))
      return { status: 400, json: { error: 'invalid_grant' } }
    const { person, lies, asked } = grant
    const accessToken = randomBytes(24).toString('base64url')
    tokens.set(accessToken, person)
    const now = Math.floor(Date.now() / 1_000)
    const claims: JWTPayload = {
      ...(lies.claimsInIdToken === true ? person : {}),
      sub: person.sub,
      iss: issuer ?? self,
      aud: asked.get('client_id') ?? '',
      iat: now,
      exp: now + 300,
      nonce: asked.get('nonce') ?? '',
    }
    const idToken = await new SignJWT(lies.idToken?.(claims) ?? claims)
      .setProtectedHeader({ alg: 'RS256', kid: 'own' })
      .sign(lies.foreignKey === true ? foreign.privateKey : own.privateKey)
    return { json: { access_token: accessToken, token_type: 'Bearer', expires_in: 300, id_token: idToken } }
  }

  const metadataOf = (self: string) => ({
    issuer: issuer ?? self,
    authorization_endpoint: `${issuer ?? self}/authorize`,
    token_endpoint: `${issuer ?? self}/token`,
    userinfo_endpoint: `${issuer ?? self}/userinfo`,
    jwks_uri: `${issuer ?? self}/jwks`,
    response_types_supported: ['code'],
    subject_types_supported: ['public'],
    id_token_signing_alg_values_supported: ['RS256'],
    authorization_response_iss_parameter_supported: true,
  })

  const server = await startStandInServer((request, self) => {
    const { path } = request
    if (path.endsWith('/.well-known/openid-configuration')) return { json: metadataOf(self) }
    if (path.endsWith('/jwks')) return { json: { keys: [jwk] } }
    if (path.endsWith('/token')) return exchange(request, self)
    if (path.endsWith('/userinfo')) {
      const person = tokens.get(/^Bearer (.+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '')
      return person === undefined ? { status: 401 } : { json: person }
    }
    return { status: 404 }
  })

  return {
    ...server,
    exchanged: () => exchanged,
    approve: (authorizationUrl, person, lies = {}) => {
      const asked = new URL(authorizationUrl).searchParams
      const code = randomBytes(10).toString('hex')
      codes.set(code, { person, lies, asked })
      const back = new URL(asked.get('redirect_uri') ?? '')
      back.searchParams.set('code', code)
      back.searchParams.set('state', asked.get('state') ?? '')
      back.searchParams.set('iss', issuer ?? server.origin)
      return back
    },
  }
}
