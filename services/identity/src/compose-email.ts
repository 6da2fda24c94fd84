/** What links and codes in mails prove: that an address is somebody's, that a new one is, or who they are. */
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { emailChangeSeconds } from './domain/email-change.ts'
import { createHashCode, type HashCode } from './domain/email-proof.ts'
import { emailSignInSeconds } from './domain/email-sign-in.ts'
import type { Seal } from './domain/seal.ts'
import type { BrowserSession, TokenSet } from './domain/sign-in.ts'
import type { User } from './domain/user.ts'
import type { AdmitUser } from './usecases/admit-user.ts'
import type { AttemptSecret } from './usecases/attempt-secret.ts'
import { createConfirmEmailChange } from './usecases/confirm-email-change.ts'
import { createIssueEmailProof } from './usecases/issue-email-proof.ts'
import { createMakeEmailProof, type MakeEmailProof } from './usecases/make-email-proof.ts'
import { createRequestEmailChange } from './usecases/request-email-change.ts'
import { createRequestEmailSignIn } from './usecases/request-email-sign-in.ts'
import { createRequestVerification } from './usecases/request-verification.ts'
import { createSignInByEmail } from './usecases/sign-in-by-email.ts'
import { createVerifyEmail } from './usecases/verify-email.ts'
import type { WatchSignIns } from './usecases/watch-sign-ins.ts'

const daySeconds = 86_400

export interface EmailProofsInit {
  readonly settings: Pick<IdentitySettings, 'EMAIL_SIGN_IN' | 'MAIL_SEALING_KEY'>
  readonly stores: Pick<Stores, 'emailProofs' | 'registrations'>
  readonly seal: Seal
  readonly now: () => Date
}

/** What stands before the way in, because who has not verified an address is reminded there. */
export const composeEmailProofs = ({ settings, stores, seal, now }: EmailProofsInit) => {
  const hashCode = createHashCode(settings.MAIL_SEALING_KEY)
  const makeProof = createMakeEmailProof({
    signInMode: settings.EMAIL_SIGN_IN,
    seal,
    hashCode,
    ttlSeconds: {
      verification: daySeconds,
      registration: daySeconds,
      change_old: emailChangeSeconds,
      change_new: emailChangeSeconds,
      sign_in: emailSignInSeconds,
    },
    now,
  })
  const requestVerification = createRequestVerification({
    makeProof,
    proofs: { ...stores.emailProofs, requestAgain: stores.registrations.requestAgain },
  })
  return {
    hashCode,
    makeProof,
    requestVerification,
    remindToVerify: async ({ emailKey }: User, askedFrom: string): Promise<void> => {
      await requestVerification({ emailKey, browserHash: undefined, locale: '', askedFrom, unlessOpen: true })
    },
  }
}

export interface EmailInit {
  readonly settings: Pick<IdentitySettings, 'EMAIL_SIGN_IN' | 'REGISTRATION_PRIVACY'>
  readonly stores: Stores
  readonly attemptSecret: AttemptSecret
  readonly hashCode: HashCode
  readonly makeProof: MakeEmailProof
  readonly admitToApi: AdmitUser<TokenSet>
  readonly admitToBrowser: AdmitUser<BrowserSession>
  readonly watchSignIns: WatchSignIns
  readonly relaySoon: () => void
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const composeEmail = (init: EmailInit) => {
  const { settings, stores, attemptSecret, hashCode, makeProof, relaySoon, settle, now } = init
  const {
    users,
    credentials,
    registrations,
    emailSignIns,
    emailProofs: proofs,
    emailChanges: changes,
  } = stores
  const { byEmail } = init.watchSignIns
  const proving = { proofs, credentials, attemptSecret, hashCode, now }
  return {
    emailSignInMode: settings.EMAIL_SIGN_IN,
    requestEmailSignIn: createRequestEmailSignIn({ makeProof, proofs }),
    signInByEmail: byEmail(createSignInByEmail({ ...proving, emailSignIns, admitUser: init.admitToApi })),
    signInBrowserByEmail: byEmail(
      createSignInByEmail({ ...proving, emailSignIns, admitUser: init.admitToBrowser }),
    ),
    findEmailSignIn: emailSignIns.findOffer,
    requestEmailChange: createRequestEmailChange({
      users,
      changes,
      makeProof,
      isStrict: settings.REGISTRATION_PRIVACY === 'strict',
      relaySoon,
      now,
    }),
    emailChange: createConfirmEmailChange({ ...proving, changes, settle }),
    issueEmailProof: createIssueEmailProof({ proofs, relaySoon, now }),
    verifyEmail: createVerifyEmail({ ...proving, verifications: stores.verifications, registrations }),
    findEmailRequest: proofs.findRequest,
  }
}
