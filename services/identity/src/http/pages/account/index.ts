/** The account pages: what a person can see and change about themselves, without JavaScript. */
import type { Route } from '@latchkey/runtime/http'
import { type AppsPageDeps, createAppsPage } from './apps.ts'
import { type AccountAreaDeps, createAccountArea } from './area.ts'
import { type ConfirmPageDeps, createConfirmPage } from './confirm.ts'
import { createDataPage, type DataPageDeps } from './data.ts'
import { createPasswordPage, type PasswordPageDeps } from './password.ts'
import { createProfilePage, type ProfilePageDeps } from './profile.ts'
import { createProvidersPage, type ProvidersPageDeps } from './providers.ts'
import { createSessionsPage, type SessionsPageDeps } from './sessions.ts'

export type AccountPagesDeps = AccountAreaDeps &
  AppsPageDeps &
  ConfirmPageDeps &
  DataPageDeps &
  PasswordPageDeps &
  ProfilePageDeps &
  ProvidersPageDeps &
  SessionsPageDeps

export const createAccountPages = (init: Omit<AccountPagesDeps, 'area'>): readonly Route[] => {
  const deps = { ...init, area: createAccountArea(init) }
  return [
    ...createProfilePage(deps),
    ...createPasswordPage(deps),
    ...createProvidersPage(deps),
    ...createSessionsPage(deps),
    ...createAppsPage(deps),
    ...createDataPage(deps),
    ...createConfirmPage(deps),
  ]
}
