/** The account pages: what a person can see and change about themselves, without JavaScript. */
import type { Route } from '@latchkey/runtime/http'
import { type AccountAreaDeps, createAccountArea } from './area.ts'
import { type ConfirmPageDeps, createConfirmPage } from './confirm.ts'
import { createPasswordPage, type PasswordPageDeps } from './password.ts'
import { createProfilePage, type ProfilePageDeps } from './profile.ts'
import { createSessionsPage, type SessionsPageDeps } from './sessions.ts'

export type AccountPagesDeps = AccountAreaDeps &
  ConfirmPageDeps &
  PasswordPageDeps &
  ProfilePageDeps &
  SessionsPageDeps

export const createAccountPages = (init: Omit<AccountPagesDeps, 'area'>): readonly Route[] => {
  const deps = { ...init, area: createAccountArea(init) }
  return [
    ...createProfilePage(deps),
    ...createPasswordPage(deps),
    ...createSessionsPage(deps),
    ...createConfirmPage(deps),
  ]
}
