/** The sections of the account pages, in the order in which their list shows them. */
import type { Words } from '../words.ts'

export interface Section {
  readonly path: `/account${string}`
  readonly labelOf: (words: Words) => string
}

export const sections: readonly Section[] = [
  { path: '/account', labelOf: ({ account }) => account.profile.label },
  { path: '/account/email', labelOf: ({ account }) => account.email.label },
  { path: '/account/password', labelOf: ({ account }) => account.password.label },
  { path: '/account/providers', labelOf: ({ account }) => account.providers.short },
  { path: '/account/security', labelOf: ({ security }) => security.label },
  { path: '/account/passkeys', labelOf: ({ passkeys }) => passkeys.label },
  { path: '/account/sessions', labelOf: ({ account }) => account.sessions.short },
  { path: '/account/apps', labelOf: ({ account }) => account.apps.short },
  { path: '/account/organizations', labelOf: ({ account }) => account.organizations.label },
  { path: '/account/data', labelOf: ({ account }) => account.data.short },
]
