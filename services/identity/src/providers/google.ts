/** Google, an OpenID Connect provider like others. @see https://developers.google.com/identity/openid-connect/openid-connect */
import type { Provider } from '../domain/provider.ts'
import { createOpenIdConnect } from './openid-connect.ts'
import type { ProviderFetch } from './provider-fetch.ts'

export interface GoogleInit {
  readonly fetch: ProviderFetch
  readonly clientId: string
  readonly clientSecret: string
}

export const createGoogle = (init: GoogleInit): Provider =>
  createOpenIdConnect({
    ...init,
    name: 'google',
    displayName: 'Google',
    issuer: 'https://accounts.google.com',
    scope: 'openid email profile',
  })
