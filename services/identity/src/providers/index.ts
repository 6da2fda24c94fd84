/** The providers of this installation, in the order in which people are offered them. */
import type { OutboundFetch } from '@latchkey/runtime/outbound'
import type { Provider } from '../domain/provider.ts'
import { createApple } from './apple.ts'
import { createGithub } from './github.ts'
import { createGoogle } from './google.ts'
import { createMicrosoft } from './microsoft.ts'
import { createOpenIdConnect } from './openid-connect.ts'
import { createProviderFetch } from './provider-fetch.ts'
import { checkProviderSettings, type IssuerProvider, type ProviderSettings } from './settings.ts'

export interface ProvidersInit {
  readonly settings: ProviderSettings
  readonly fetch: OutboundFetch
  readonly now: () => Date
}

/** @throws SettingsError */
export const createProviders = ({ settings, fetch: outbound, now }: ProvidersInit): readonly Provider[] => {
  checkProviderSettings(settings)
  const fetchFor = (provider: string) => createProviderFetch({ provider, fetch: outbound })
  const whereSet = (clientId: string | undefined, create: (clientId: string) => Provider): Provider[] =>
    clientId === undefined ? [] : [create(clientId)]

  const issuer = ({ name, display_name, client_id, client_secret, trust_email, ...rest }: IssuerProvider) =>
    createOpenIdConnect({
      ...rest,
      fetch: fetchFor(name),
      name,
      displayName: display_name ?? name,
      clientId: client_id,
      clientSecret: client_secret,
      ...(trust_email ? { isEmailVerified: () => true } : {}),
    })

  return [
    ...whereSet(settings.GOOGLE_CLIENT_ID, clientId =>
      createGoogle({
        fetch: fetchFor('google'),
        clientId,
        clientSecret: settings.GOOGLE_CLIENT_SECRET ?? '',
      }),
    ),
    ...whereSet(settings.APPLE_CLIENT_ID, clientId =>
      createApple({
        fetch: fetchFor('apple'),
        clientId,
        teamId: settings.APPLE_TEAM_ID ?? '',
        keyId: settings.APPLE_KEY_ID ?? '',
        privateKey: settings.APPLE_PRIVATE_KEY ?? '',
        now,
      }),
    ),
    ...whereSet(settings.MICROSOFT_CLIENT_ID, clientId =>
      createMicrosoft({
        fetch: fetchFor('microsoft'),
        clientId,
        clientSecret: settings.MICROSOFT_CLIENT_SECRET ?? '',
        tenant: settings.MICROSOFT_TENANT,
      }),
    ),
    ...whereSet(settings.GITHUB_CLIENT_ID, clientId =>
      createGithub({
        fetch: fetchFor('github'),
        clientId,
        clientSecret: settings.GITHUB_CLIENT_SECRET ?? '',
        url: settings.GITHUB_URL,
      }),
    ),
    ...settings.OIDC_PROVIDERS.map(issuer),
  ]
}
