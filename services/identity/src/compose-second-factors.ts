/** Second factors: how they are set up, listed and removed, and how a sign-in that waits for one is completed. */
import { randomBytes } from 'node:crypto'
import { createUuid } from '@latchkey/runtime/ids'
import type { Clients } from './compose-clients.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { FactorId, UserId } from './domain/ids.ts'
import type { BrowserSession, TokenSet } from './domain/sign-in.ts'
import type { ChallengeAudience } from './domain/sign-in-challenge.ts'
import type { AdmitUser } from './usecases/admit-user.ts'
import type { AttemptSecret } from './usecases/attempt-secret.ts'
import { createBeginChallenge } from './usecases/begin-challenge.ts'
import { createCompleteChallenge } from './usecases/complete-challenge.ts'
import { createEnrolAtSignIn } from './usecases/enrol-at-sign-in.ts'
import { createEnrolTotp } from './usecases/enrol-totp.ts'
import { createFindChallenge } from './usecases/find-challenge.ts'
import type { IsRecentlyAuthenticated } from './usecases/is-recently-authenticated.ts'
import { createMakeRecoveryCodes } from './usecases/make-recovery-codes.ts'
import { createManageFactors } from './usecases/manage-factors.ts'
import { passkeyFactors } from './usecases/manage-passkeys.ts'
import { createProposeRecoveryCodes } from './usecases/propose-recovery-codes.ts'
import { createProveSecondFactor } from './usecases/prove-second-factor.ts'
import { createReauthenticateWithCode } from './usecases/reauthenticate-with-code.ts'
import { createStepUp } from './usecases/step-up.ts'

export interface SecondFactorsInit {
  readonly settings: IdentitySettings
  readonly stores: Stores
  readonly attemptSecret: AttemptSecret
  readonly admitToApi: AdmitUser<TokenSet>
  readonly admitToBrowser: AdmitUser<BrowserSession>
  readonly clients: Pick<Clients, 'browsers' | 'sessions'>
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composeSecondFactors = (init: SecondFactorsInit) => {
  const { settings, stores, attemptSecret, settle, now } = init
  const { challenges, credentials, authentications, totpFactors, recoveryCodes, rememberedDevices } = stores
  const makeCodesDeps = { recoveryCodes, randomBytes, now }
  const makeFirstRecoveryCodes = createMakeRecoveryCodes(makeCodesDeps, { onlyIfNone: true })
  const enrolTotp = createEnrolTotp({
    totpFactors,
    issuer: settings.BRAND_NAME,
    createId: () => createUuid<FactorId>(),
    randomBytes,
    now,
  })

  const challengesOf = <Given>(audience: ChallengeAudience, admitUser: AdmitUser<Given>) => {
    const findChallenge = createFindChallenge({ challenges, credentials, audience, now })
    const completeChallenge = createCompleteChallenge({
      challenges,
      findChallenge,
      rememberedDevices,
      attemptSecret,
      admitUser,
      now,
    })
    const enrolAtSignIn = createEnrolAtSignIn({
      findChallenge,
      completeChallenge,
      enrolTotp,
      makeFirstRecoveryCodes,
    })
    return { findChallenge, completeChallenge, enrolAtSignIn }
  }
  const proveCode = createProveSecondFactor({ totpFactors, recoveryCodes, now })
  const api = challengesOf('api', init.admitToApi)
  const browser = challengesOf('browser', init.admitToBrowser)

  return {
    /** Of programs, which are given tokens. */
    findApiChallenge: api.findChallenge,
    completeApiChallenge: api.completeChallenge,
    enrolAtApiSignIn: api.enrolAtSignIn,
    /** Of pages, whose browsers are given a cookie. */
    findBrowserChallenge: browser.findChallenge,
    completeBrowserChallenge: browser.completeChallenge,
    enrolAtBrowserSignIn: browser.enrolAtSignIn,
    proveCode,
    reauthenticateWithCode: createReauthenticateWithCode({
      credentials,
      authentications,
      attemptSecret,
      proveCode,
      now,
    }),
    enrolTotp,
    makeRecoveryCodes: createMakeRecoveryCodes(makeCodesDeps, { onlyIfNone: false }),
    makeFirstRecoveryCodes,
    manageFactors: createManageFactors({
      kinds: [totpFactors, passkeyFactors(stores.passkeys)],
      recoveryCodes,
      settle,
    }),
    recoveryCodeProposals: createProposeRecoveryCodes({
      recoveryCodes,
      sealer: stores.factorSealer,
      randomBytes,
      now,
    }),
    stepUp: createStepUp({
      browsers: init.clients.browsers,
      sessions: init.clients.sessions,
      credentials,
      secondFactors: stores.secondFactors,
      beginChallenge: createBeginChallenge({ challenges, audience: 'browser', now }),
      isRecentlyAuthenticated: init.isRecentlyAuthenticated,
      now,
    }),
    ownRememberedDevices: {
      list: (userId: UserId) => rememberedDevices.list(userId, now()),
      forget: rememberedDevices.forget,
    },
  }
}
