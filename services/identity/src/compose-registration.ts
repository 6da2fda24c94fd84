/** Registration: one use case, and what who registers is given. */
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { BrowserSession, TokenSet } from './domain/sign-in.ts'
import type { BeginSession } from './usecases/begin-session.ts'
import type { ChoosePassword } from './usecases/choose-password.ts'
import type { MakeEmailProof } from './usecases/make-email-proof.ts'
import { createRegisterUser } from './usecases/register-user.ts'

export interface RegistrationInit {
  readonly settings: Pick<IdentitySettings, 'REQUIRE_EMAIL_VERIFICATION' | 'REGISTRATION_PRIVACY'>
  readonly stores: Pick<Stores, 'users' | 'registrations' | 'begunRegistrations'>
  readonly beginApiSession: BeginSession<TokenSet>
  readonly beginBrowserSession: BeginSession<BrowserSession>
  readonly choosePassword: ChoosePassword
  readonly makeProof: MakeEmailProof
  readonly relaySoon: () => void
  readonly now: () => Date
}

export const composeRegistration = (init: RegistrationInit) => {
  const { settings, stores, choosePassword, makeProof, relaySoon, now } = init
  const deps = {
    users: stores.users,
    registrations: stores.registrations,
    begunRegistrations: stores.begunRegistrations,
    choosePassword,
    policy: {
      requiresVerification: settings.REQUIRE_EMAIL_VERIFICATION,
      isStrict: settings.REGISTRATION_PRIVACY === 'strict',
    },
    makeProof,
    relaySoon,
    now,
  }
  return {
    registerUser: createRegisterUser({ ...deps, beginSession: init.beginApiSession }),
    registerInBrowser: createRegisterUser({ ...deps, beginSession: init.beginBrowserSession }),
  }
}
