/**
 * The mails that Latchkey sends. A template says what its sender must hand over; the words are in `locales/`.
 *
 * Nothing that a user typed about themselves stands in a mail: with a name like "You won, see evil.example"
 * anybody could otherwise have us write to strangers on their behalf.
 */

export interface Template {
  /** What must be in the sealed data. */
  readonly sealed: readonly string[]
  /** Whether the sender must say when the mail becomes worthless. */
  readonly expires: boolean
  /** The path of the button's link below PUBLIC_URL, made of the sealed data. */
  readonly link?: (secrets: Readonly<Record<string, string>>) => string | undefined
  /** What may be typed instead of following the link, out of the sealed data. */
  readonly code?: (secrets: Readonly<Record<string, string>>) => string | undefined
  /** What its words speak of beside what they all do, out of the sealed data. */
  readonly values?: (secrets: Readonly<Record<string, string>>) => Readonly<Record<string, string>>
}

export const templates = {
  password_reset: {
    sealed: ['token'],
    expires: true,
    link: ({ token = '' }) => `/reset-password?token=${encodeURIComponent(token)}`,
  },
  /** The owner said that somebody else had the account: the password can't be used until it is reset. */
  password_reset_required: {
    sealed: ['token'],
    expires: true,
    link: ({ token = '' }) => `/reset-password?token=${encodeURIComponent(token)}`,
  },
  /** A session is under review: its owner says whether it is theirs. */
  session_review: {
    sealed: ['token'],
    expires: false,
    link: ({ token = '' }) => `/sessions/not-me?token=${encodeURIComponent(token)}`,
  },
  session_disowned: { sealed: [], expires: false },
  email_verification: {
    sealed: ['token', 'code'],
    expires: true,
    link: ({ token = '' }) => `/verify-email?token=${encodeURIComponent(token)}`,
    code: ({ code = '' }) => code,
  },
  /** A link, a code or both: what there is none of is empty. */
  email_sign_in: {
    sealed: ['token', 'code'],
    expires: true,
    link: ({ token = '', flow = '' }) =>
      token === ''
        ? undefined
        : `/login/email/confirm?token=${encodeURIComponent(token)}${flow === '' ? '' : `&flow=${encodeURIComponent(flow)}`}`,
    code: ({ code = '' }) => (code === '' ? undefined : code),
  },
  email_change_old: {
    sealed: ['token', 'code'],
    expires: true,
    link: ({ token = '' }) => `/confirm-email-change?token=${encodeURIComponent(token)}`,
    code: ({ code = '' }) => code,
  },
  email_change_new: {
    sealed: ['token', 'code'],
    expires: true,
    link: ({ token = '' }) => `/confirm-email-change?token=${encodeURIComponent(token)}`,
    code: ({ code = '' }) => code,
  },
  new_device: {
    sealed: ['token'],
    expires: false,
    link: ({ token = '' }) => `/sessions/not-me?token=${encodeURIComponent(token)}`,
  },
  email_changed: { sealed: [], expires: false },
  registration_attempted: { sealed: [], expires: false, link: () => '/login' },
  password_changed: { sealed: [], expires: false },
  second_factor_added: { sealed: [], expires: false },
  second_factor_removed: { sealed: [], expires: false },
  recovery_codes_renewed: { sealed: [], expires: false },
  recovery_code_used: { sealed: [], expires: false },
  account_deleted: { sealed: [], expires: false },
  password_removed: { sealed: [], expires: false },
  passkey_added: { sealed: [], expires: false },
  passkey_removed: { sealed: [], expires: false },
  passkey_suspicious: { sealed: [], expires: false },
  provider_linked: { sealed: [], expires: false },
  provider_unlinked: { sealed: [], expires: false },
  /** To somebody whom a provider has identified without an address; there is no account yet. */
  address_confirmation: {
    sealed: ['token'],
    expires: true,
    link: ({ token = '' }) => `/complete-sign-up?token=${encodeURIComponent(token)}`,
  },
  /** Names of organizations are an operator's words, not a user's. */
  organization_invitation: {
    sealed: ['token', 'organization'],
    expires: true,
    link: ({ token = '' }) => `/invitations/accept?token=${encodeURIComponent(token)}`,
    values: ({ organization = '' }) => ({ organization }),
  },
} as const satisfies Record<string, Template>

export type TemplateName = keyof typeof templates

export const isTemplateName = (name: string): name is TemplateName => Object.hasOwn(templates, name)

export const templateOf = (name: TemplateName): Template => templates[name]
