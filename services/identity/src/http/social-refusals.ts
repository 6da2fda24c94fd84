/** What a sign-in with a provider may come to, as the problems that clients get. Failures of providers are in `errors.ts`. */
import { Problem, validationFailed } from '@latchkey/runtime/problem'

/** `a, b or c` */
const alternatives = (words: readonly string[]): string =>
  words.length < 2
    ? (words[0] ?? 'one that is set up: there is none')
    : `${words.slice(0, -1).join(', ')} or ${words.at(-1)}`

export const socialRefusals = {
  unknown_provider: (known: readonly string[]) =>
    new Problem({
      status: 400,
      code: 'UNKNOWN_PROVIDER',
      detail: 'There is no such provider here',
      errors: [{ field: 'provider', message: `must be ${alternatives(known)}`, code: 'unknown_provider' }],
    }),

  redirect_uri_missing: () =>
    validationFailed([{ field: 'redirect_uri', message: 'is required', code: 'missing' }]),

  redirect_uri_refused: () =>
    validationFailed([
      {
        field: 'redirect_uri',
        message:
          'must be one that SOCIAL_REDIRECT_URIS lists, to the letter but for the port of a loopback address',
        code: 'not_allowed',
      },
    ]),

  code_challenge_required: () =>
    validationFailed([
      {
        field: 'code_challenge',
        message: 'is required where redirect_uri has a scheme of its own',
        code: 'missing',
      },
    ]),

  invalid_state: () => new Problem({ status: 400, code: 'INVALID_STATE', detail: 'Invalid state parameter' }),

  provider_denied: () =>
    new Problem({ status: 400, code: 'PROVIDER_DENIED', detail: 'The sign-in was refused at the provider' }),

  code_refused: () =>
    new Problem({
      status: 400,
      code: 'INVALID_PROVIDER_CODE',
      detail: 'The provider does not know this code: it is outdated, used, or not its own',
    }),

  wrong_verifier: () =>
    new Problem({ status: 400, code: 'INVALID_CODE_VERIFIER', detail: 'PKCE verification failed' }),

  account_exists: () =>
    new Problem({
      status: 409,
      code: 'ACCOUNT_EXISTS_LINK_REQUIRED',
      detail:
        'An account has this address without having verified it: sign in to it, verify it, then link the provider',
    }),

  address_needed: () =>
    new Problem({
      status: 409,
      code: 'VERIFIED_EMAIL_NEEDED',
      detail: 'The provider gives no verified address; signing in by the page asks for one',
    }),

  other_account: () =>
    new Problem({ status: 409, code: 'OTHER_EXTERNAL_ACCOUNT', detail: 'It is not linked to this account' }),

  last_way_in: () =>
    new Problem({
      status: 409,
      code: 'LAST_WAY_IN',
      detail: 'Without it, nobody could sign in to the account',
    }),
} as const

export type SocialRefusal =
  | 'invalid_state'
  | 'provider_denied'
  | 'code_refused'
  | 'account_exists'
  | 'address_needed'
  | 'other_account'
