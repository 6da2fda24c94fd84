/** The account pages: what a person can see and change about themselves, without JavaScript. */
import type { Route } from '@latchkey/runtime/http'
import { type AppsPageDeps, createAppsPage } from './apps.ts'
import { type AccountAreaDeps, createAccountArea } from './area.ts'
import { type ConfirmPageDeps, createConfirmPage } from './confirm.ts'
import { type ConfirmCodeDeps, createConfirmCode } from './confirm-code.ts'
import { type ConfirmPasskeyDeps, createConfirmPasskey } from './confirm-passkey.ts'
import { type ConfirmProviderDeps, createConfirmProvider } from './confirm-provider.ts'
import { createDataPage, type DataPageDeps } from './data.ts'
import { createEmailPage, type EmailPageDeps } from './email.ts'
import { createOrganizationsPage, type OrganizationsPageDeps } from './organizations.ts'
import { createPasskeyList, type PasskeyListDeps } from './passkey-list.ts'
import { createPasskeysPage, type PasskeysPageDeps } from './passkeys.ts'
import { createPasswordPage, type PasswordPageDeps } from './password.ts'
import { createProfilePage, type ProfilePageDeps } from './profile.ts'
import { createProvidersPage, type ProvidersPageDeps } from './providers.ts'
import { createSecurityPage, type SecurityPageDeps } from './security.ts'
import { createSecurityCodesPage, type SecurityCodesPageDeps } from './security-codes.ts'
import { createSecurityTotpPage, type SecurityTotpPageDeps } from './security-totp.ts'
import { createSessionsPage, type SessionsPageDeps } from './sessions.ts'

export type AccountPagesDeps = AccountAreaDeps &
  AppsPageDeps &
  ConfirmPageDeps &
  ConfirmPasskeyDeps &
  ConfirmCodeDeps &
  ConfirmProviderDeps &
  DataPageDeps &
  EmailPageDeps &
  OrganizationsPageDeps &
  PasskeyListDeps &
  PasskeysPageDeps &
  PasswordPageDeps &
  ProfilePageDeps &
  ProvidersPageDeps &
  SecurityPageDeps &
  SecurityTotpPageDeps &
  SecurityCodesPageDeps &
  SessionsPageDeps

export const createAccountPages = (
  init: Omit<AccountPagesDeps, 'area' | 'passkeyList' | 'confirmPasskey' | 'confirmProvider' | 'confirmCode'>,
): readonly Route[] => {
  const area = createAccountArea(init)
  const confirmPasskey = createConfirmPasskey({ ...init, area })
  const confirmCode = createConfirmCode({ ...init, area })
  const confirmProvider = createConfirmProvider({ ...init, area })
  const deps = {
    ...init,
    area,
    confirmPasskey,
    confirmProvider,
    confirmCode,
    passkeyList: createPasskeyList(init),
  }
  return [
    ...createProfilePage(deps),
    ...createEmailPage(deps),
    ...createPasswordPage(deps),
    ...createProvidersPage(deps),
    ...createPasskeysPage(deps),
    ...createSecurityPage(deps),
    ...createSecurityTotpPage(deps),
    ...createSecurityCodesPage(deps),
    ...createSessionsPage(deps),
    ...createAppsPage(deps),
    ...createOrganizationsPage(deps),
    ...createDataPage(deps),
    ...createConfirmPage(deps),
  ]
}
