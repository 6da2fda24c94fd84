/**
 * Sign in with Apple. The client secret is a JWT that we sign anew each time; what was asked for comes back as a form, by
 * POST from Apple's site; the name comes once, with the first sign-in; an address may be one of Apple's relay, which is
 * verified like any other. @see https://developer.apple.com/documentation/signinwithapplerestapi
 */
import { importPKCS8, SignJWT } from 'jose'
import type { Provider } from '../domain/provider.ts'
import { createOpenIdConnect } from './openid-connect.ts'
import type { ProviderFetch } from './provider-fetch.ts'

export interface AppleInit {
  readonly fetch: ProviderFetch
  /** The Services ID. */
  readonly clientId: string
  readonly teamId: string
  readonly keyId: string
  /** The content of the `.p8` file. */
  readonly privateKey: string
  readonly now: () => Date
}

const issuer = 'https://appleid.apple.com'
const lifetimeSeconds = 300

export const createApple = ({ fetch, clientId, teamId, keyId, privateKey, now }: AppleInit): Provider => {
  const signSecret = async (): Promise<string> => {
    const issuedAt = Math.floor(now().getTime() / 1_000)
    return new SignJWT()
      .setProtectedHeader({ alg: 'ES256', kid: keyId })
      .setIssuer(teamId)
      .setSubject(clientId)
      .setAudience(issuer)
      .setIssuedAt(issuedAt)
      .setExpirationTime(issuedAt + lifetimeSeconds)
      .sign(await importPKCS8(privateKey, 'ES256'))
  }

  return createOpenIdConnect({
    fetch,
    name: 'apple',
    displayName: 'Apple',
    issuer,
    clientId,
    clientSecret: undefined,
    // The library waits for it.
    clientAuth: async (_server, _client, body) => {
      body.set('client_id', clientId)
      body.set('client_secret', await signSecret())
    },
    scope: 'openid email name',
    // Demanded wherever a name or an address is asked for.
    parameters: { response_mode: 'form_post' },
  })
}
