/** Passkeys: who we are to authenticators, and the use cases around them. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import type { BrowserSession, TokenSet } from './domain/sign-in.ts'
import { relyingPartyOf } from './domain/webauthn/relying-party.ts'
import type { AdmitUser } from './usecases/admit-user.ts'
import { createAskForPasskey } from './usecases/ask-for-passkey.ts'
import { createBeginPasskeyEnrolment } from './usecases/begin-passkey-enrolment.ts'
import { createEnrolPasskey } from './usecases/enrol-passkey.ts'
import type { GetProfile } from './usecases/get-profile.ts'
import { createGivePasskeyChallenge } from './usecases/give-passkey-challenge.ts'
import type { MakeRecoveryCodes } from './usecases/make-recovery-codes.ts'
import { createManagePasskeys } from './usecases/manage-passkeys.ts'
import { createProvePasskey } from './usecases/prove-passkey.ts'
import { createProvePasskeyAsSecondFactor } from './usecases/prove-passkey-as-second-factor.ts'
import { createReauthenticateWithPasskey } from './usecases/reauthenticate-with-passkey.ts'
import { createSignInWithPasskey } from './usecases/sign-in-with-passkey.ts'
import type { WatchSignIns } from './usecases/watch-sign-ins.ts'

export interface PasskeysInit {
  readonly settings: Pick<IdentitySettings, 'PUBLIC_URL' | 'BRAND_NAME'>
  readonly stores: Pick<Stores, 'passkeys' | 'passkeyCeremonies' | 'credentials' | 'authentications'>
  readonly admitToApi: AdmitUser<TokenSet>
  readonly admitToBrowser: AdmitUser<BrowserSession>
  readonly getProfile: GetProfile
  readonly watchSignIns: WatchSignIns
  readonly makeFirstRecoveryCodes: MakeRecoveryCodes
  readonly settle: () => Promise<void>
  readonly logger: Logger
  readonly now: () => Date
}

export const composePasskeys = (init: PasskeysInit) => {
  const { settings, stores, getProfile, settle, logger, now } = init
  const { passkeys, passkeyCeremonies: ceremonies, credentials, authentications } = stores
  const relyingParty = relyingPartyOf(settings.PUBLIC_URL, settings.BRAND_NAME)
  const givePasskeyChallenge = createGivePasskeyChallenge({ ceremonies, now })
  const provePasskey = createProvePasskey({ relyingParty, ceremonies, passkeys, logger, now })
  const { byPasskey } = init.watchSignIns
  const signInDeps = { provePasskey, credentials }
  return {
    beginPasskeyEnrolment: createBeginPasskeyEnrolment({
      relyingParty,
      passkeys,
      getProfile,
      givePasskeyChallenge,
    }),
    enrolPasskey: createEnrolPasskey({
      relyingParty,
      ceremonies,
      passkeys,
      makeFirstRecoveryCodes: init.makeFirstRecoveryCodes,
      settle,
      logger,
      now,
    }),
    ownPasskeys: createManagePasskeys({ passkeys, settle }),
    askForPasskey: createAskForPasskey({ relyingParty, passkeys, givePasskeyChallenge }),
    signInWithPasskey: byPasskey(createSignInWithPasskey({ ...signInDeps, admitUser: init.admitToApi })),
    signInBrowserWithPasskey: byPasskey(
      createSignInWithPasskey({ ...signInDeps, admitUser: init.admitToBrowser }),
    ),
    provePasskeyAsSecondFactor: createProvePasskeyAsSecondFactor({ provePasskey }),
    reauthenticateWithPasskey: createReauthenticateWithPasskey({ provePasskey, authentications }),
  }
}
