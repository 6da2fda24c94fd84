/** Builds the use cases over the stores, the neighbours and the passwords: area by area, the way in before what uses it. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createSeal } from './clients/mails.ts'
import { composeBreachedPasswords, composeSignInWatch } from './compose-abuse.ts'
import { composeAccount } from './compose-account.ts'
import { composeAdmission, composeAttempts } from './compose-admission.ts'
import { composeCleanUp } from './compose-clean-up.ts'
import type { Clients } from './compose-clients.ts'
import { composeEmail, composeEmailProofs } from './compose-email.ts'
import { composeOrganizations } from './compose-organizations.ts'
import { composePasskeys } from './compose-passkeys.ts'
import { composePasswordChanges } from './compose-password-changes.ts'
import type { Passwords } from './compose-passwords.ts'
import { composeRegistration } from './compose-registration.ts'
import { composeReviews } from './compose-reviews.ts'
import { composeSecondFactors } from './compose-second-factors.ts'
import { composeSignIn } from './compose-sign-in.ts'
import { composeSocial } from './compose-social.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { createSettle } from './relay/settle.ts'
import { createChoosePassword } from './usecases/choose-password.ts'
import { createFindFlow } from './usecases/find-flow.ts'
import { createGetProfile } from './usecases/get-profile.ts'
import { createIsRecentlyAuthenticated } from './usecases/is-recently-authenticated.ts'
import { createPushSubjects } from './usecases/push-subjects.ts'

export interface UseCasesInit {
  readonly settings: IdentitySettings
  readonly stores: Stores
  readonly clients: Clients
  readonly passwords: Passwords
  readonly metrics: Metrics
  readonly logger: Logger
  /** Has the outbox relayed at once; resolves when that has been tried. */
  readonly nudge: () => Promise<void>
  readonly now: () => Date
}

/** How long an answer waits for the sessions that it ended. */
const settleTimeoutMs = 1_000

/** What several areas use. */
const composeShared = (init: UseCasesInit) => {
  const { settings, stores, nudge, now } = init
  const { hasher, policy } = init.passwords
  const { credentials, authentications, users } = stores
  return {
    ...init,
    hasher,
    policy,
    ...composeAttempts({ settings, stores, hasher, now }),
    isRecentlyAuthenticated: createIsRecentlyAuthenticated({
      authentications,
      maxAgeSeconds: settings.REAUTHENTICATION_MAX_AGE_SECONDS,
      now,
    }),
    choosePassword: createChoosePassword({
      policy,
      hasher,
      credentials,
      isBreached: composeBreachedPasswords(init),
    }),
    getProfile: createGetProfile({ users }),
    watchSignIns: composeSignInWatch(init),
    seal: createSeal(settings.MAIL_SEALING_KEY),
    relaySoon: () => void nudge(),
    settle: createSettle({ relayNow: nudge, timeoutMs: settleTimeoutMs }),
  }
}

export const composeUseCases = (init: UseCasesInit) => {
  const shared = composeShared(init)
  const proofs = composeEmailProofs(shared)
  const wayIn = { ...shared, ...proofs, ...composeAdmission({ ...shared, ...proofs }) }
  const secondFactors = composeSecondFactors(wayIn)
  const organizations = composeOrganizations(shared)
  return {
    settle: shared.settle,
    pushSubjects: createPushSubjects({
      versions: init.stores.subjectVersions,
      authorities: init.stores.authorities,
      tokens: init.clients.tokens,
    }),
    requestVerification: proofs.requestVerification,
    ...composeRegistration(wayIn),
    ...composeSignIn(wayIn),
    ...secondFactors,
    ...composePasskeys({ ...wayIn, ...secondFactors }),
    ...composeEmail(wayIn),
    ...composeSocial(wayIn),
    ...composePasswordChanges(shared),
    ...composeAccount(shared),
    ...composeReviews(shared),
    ...organizations,
    findFlow: createFindFlow({
      findRequest: init.clients.browsers.findFlow,
      findInvitation: organizations.findWaitingInvitation,
    }),
    ...composeCleanUp(shared),
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
