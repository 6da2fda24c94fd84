/**
 * Microsoft Entra ID and personal accounts. Where the tenant is `common`, `organizations` or `consumers`, each account is
 * issued by its own tenant; the library puts it into the issuer that it expects. A tenant's administrator may write any
 * address into an account, so that an address counts as verified only where Microsoft says that its domain's owner was
 * verified (`xms_edov`, an optional claim of the app registration). @see https://learn.microsoft.com/entra/identity-platform/migrate-off-email-claim-authorization
 */
import type { Provider } from '../domain/provider.ts'
import { isTrue } from './claims.ts'
import { createOpenIdConnect } from './openid-connect.ts'
import type { ProviderFetch } from './provider-fetch.ts'

export interface MicrosoftInit {
  readonly fetch: ProviderFetch
  /** A tenant's id or domain, or `common`, `organizations`, `consumers`. */
  readonly tenant: string
  readonly clientId: string
  readonly clientSecret: string
}

export const createMicrosoft = ({ tenant, ...init }: MicrosoftInit): Provider =>
  createOpenIdConnect({
    ...init,
    name: 'microsoft',
    displayName: 'Microsoft',
    issuer: `https://login.microsoftonline.com/${tenant}/v2.0`,
    scope: 'openid email profile User.Read',
    isEmailVerified: ({ xms_edov: domainOwnerVerified }) => isTrue(domainOwnerVerified),
  })
