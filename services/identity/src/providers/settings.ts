/** The settings of providers: each may be left out, none may be there by half. */
import { createPrivateKey } from 'node:crypto'
import {
  listSetting,
  type SettingProblem,
  SettingsError,
  type SettingsOf,
  secret,
  urlSetting,
} from '@latchkey/runtime/settings'
import { z } from 'zod'
import { parseJson } from '../domain/json-text.ts'
import { isProviderName } from '../domain/provider.ts'

const optionalText = () => z.string().optional()

const issuerProvider = z.strictObject({
  name: z.string().refine(isProviderName, 'must be lower-case letters, digits and hyphens'),
  display_name: z.string().min(1).max(60).optional(),
  issuer: urlSetting(),
  client_id: z.string().min(1),
  client_secret: z.string().min(1).optional(),
  scope: z.string().default('openid email profile'),
  trust_email: z.boolean().default(false),
})

export type IssuerProvider = z.output<typeof issuerProvider>

/** JSON, checked by a schema; what is wrong is said with its place, without any value. */
const issuerProviders = z
  .string()
  .transform((text, context): readonly IssuerProvider[] => {
    const parsed = z.array(issuerProvider).safeParse(parseJson(text))
    if (parsed.success) return parsed.data
    for (const { path, message } of parsed.error.issues) {
      const place = path.length === 0 ? 'must be a JSON array' : `[${path.join('].')}`
      context.addIssue({ code: 'custom', message: `${place} ${message}` })
    }
    return z.NEVER
  })
  .default([])

const redirectUris = listSetting().refine(
  uris => uris.every(uri => /^[a-z][a-z0-9+.-]*:\S+$/.test(uri) && !uri.includes('#')),
  'must be absolute URIs without a fragment, separated by commas',
)

const isEcKey = (pem: string): boolean => {
  try {
    return createPrivateKey(pem).asymmetricKeyDetails?.namedCurve === 'prime256v1'
  } catch {
    return false
  }
}

// A mounted file has lines, an environment variable often `\n`.
const ecKey = z
  .string()
  .transform(text => text.replaceAll('\\n', '\n'))
  .refine(isEcKey, 'must be the PEM text of a P-256 private key, as Apple’s .p8 file has it')

export const providerSettings = {
  GOOGLE_CLIENT_ID: optionalText().describe(
    'Client id at Google; sign-in with Google is offered where it is set',
  ),
  GOOGLE_CLIENT_SECRET: secret(optionalText()).describe('Client secret at Google'),
  GITHUB_CLIENT_ID: optionalText().describe(
    'Client id at GitHub; sign-in with GitHub is offered where it is set',
  ),
  GITHUB_CLIENT_SECRET: secret(optionalText()).describe('Client secret at GitHub'),
  GITHUB_URL: urlSetting()
    .prefault('https://github.com')
    .describe('Where GitHub is: another address for an Enterprise Server'),
  MICROSOFT_CLIENT_ID: optionalText().describe(
    'Client id at Microsoft; sign-in with Microsoft is offered where it is set',
  ),
  MICROSOFT_CLIENT_SECRET: secret(optionalText()).describe('Client secret at Microsoft'),
  MICROSOFT_TENANT: z
    .string()
    .regex(/^[\w.-]+$/, 'must be a tenant’s id or domain, or common, organizations or consumers')
    .default('common')
    .describe('Whose accounts may sign in: a tenant’s id or domain, or common, organizations or consumers'),
  APPLE_CLIENT_ID: optionalText().describe(
    'Services ID at Apple; sign-in with Apple is offered where it is set',
  ),
  APPLE_TEAM_ID: optionalText().describe('Team id at Apple'),
  APPLE_KEY_ID: optionalText().describe('Id of the private key at Apple'),
  APPLE_PRIVATE_KEY: secret(ecKey.optional()).describe('The private key at Apple: the text of the .p8 file'),
  OIDC_PROVIDERS: secret(issuerProviders).describe(
    'Further OpenID Connect issuers, as JSON: [{"name", "issuer", "client_id", "client_secret", "display_name", "scope", "trust_email"}]; the last four may be left out',
  ),
  SOCIAL_REDIRECT_URIS: redirectUris.describe(
    'Where applications may have sign-ins with a provider lead back to, each to the letter but for the port of a loopback address',
  ),
}

export type ProviderSettings = SettingsOf<typeof providerSettings>

const groups = [
  ['GOOGLE_CLIENT_ID', 'GOOGLE_CLIENT_SECRET'],
  ['GITHUB_CLIENT_ID', 'GITHUB_CLIENT_SECRET'],
  ['MICROSOFT_CLIENT_ID', 'MICROSOFT_CLIENT_SECRET'],
  ['APPLE_CLIENT_ID', 'APPLE_TEAM_ID', 'APPLE_KEY_ID', 'APPLE_PRIVATE_KEY'],
] as const

const builtIn = new Set(['google', 'github', 'microsoft', 'apple'])

/** @throws SettingsError with each provider that is there by half, and each name that is taken twice */
export const checkProviderSettings = (settings: ProviderSettings): void => {
  const problems: SettingProblem[] = groups.flatMap(names => {
    const there = names.find(name => settings[name] !== undefined)
    if (there === undefined) return []
    return names
      .filter(name => settings[name] === undefined)
      .map(name => ({ name, message: `is required where ${there} is set` }))
  })
  const names = settings.OIDC_PROVIDERS.map(({ name }) => name)
  for (const [index, name] of names.entries())
    if (builtIn.has(name) || names.indexOf(name) !== index)
      problems.push({ name: 'OIDC_PROVIDERS', message: `[${index}].name is another provider’s` })
  if (problems.length > 0) throw new SettingsError(problems)
}
