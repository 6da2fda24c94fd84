/** Builds the use cases over the stores, the neighbours and the passwords. */
import { randomToken } from '@latchkey/runtime/crypto'
import type { Logger } from '@latchkey/runtime/logger'
import type { Metrics } from '@latchkey/runtime/metrics'
import { createCleanupLag } from '@latchkey/runtime/schedule'
import { createAdmissionRules } from './admission/index.ts'
import { createSeal } from './clients/mails.ts'
import type { AuthorizedStart } from './clients/subject.ts'
import {
  composeBreachedPasswords,
  composeChallenge,
  composeLegacyLogin,
  composeSignInWatch,
} from './compose-abuse.ts'
import type { Clients } from './compose-clients.ts'
import { composeOrganizations } from './compose-organizations.ts'
import { composePasskeys } from './compose-passkeys.ts'
import type { Passwords } from './compose-passwords.ts'
import { composeSecondFactors } from './compose-second-factors.ts'
import { composeSocial } from './compose-social.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { noAuthority } from './domain/authority.ts'
import { emailChangeSeconds } from './domain/email-change.ts'
import { createHashCode } from './domain/email-proof.ts'
import { emailSignInSeconds } from './domain/email-sign-in.ts'
import { createMintNotMeLink, hashNotMeToken } from './domain/not-me-link.ts'
import type { SessionStart } from './domain/sign-in.ts'
import { totpEnrolmentTtlSeconds } from './domain/totp-factor.ts'
import type { User } from './domain/user.ts'
import { createSettle } from './relay/settle.ts'
import { createAdmitUser } from './usecases/admit-user.ts'
import { createAskOwner } from './usecases/ask-owner.ts'
import { createAttemptPassword } from './usecases/attempt-password.ts'
import { createAttemptSecret } from './usecases/attempt-secret.ts'
import { createBeginSession } from './usecases/begin-session.ts'
import { createChangePassword } from './usecases/change-password.ts'
import { createChoosePassword } from './usecases/choose-password.ts'
import { createCleanUp } from './usecases/clean-up.ts'
import { createConfirmEmailChange } from './usecases/confirm-email-change.ts'
import { createConfirmPasswordReset } from './usecases/confirm-password-reset.ts'
import { createDeleteAccount } from './usecases/delete-account.ts'
import { createDisownSession } from './usecases/disown-session.ts'
import { createExportData } from './usecases/export-data.ts'
import { createFindBrowserUser } from './usecases/find-browser-user.ts'
import { createGetProfile } from './usecases/get-profile.ts'
import { createHasPassword } from './usecases/has-password.ts'
import { createIsRecentlyAuthenticated } from './usecases/is-recently-authenticated.ts'
import { createIssueEmailProof } from './usecases/issue-email-proof.ts'
import { createIssuePasswordReset } from './usecases/issue-password-reset.ts'
import { createMakeEmailProof } from './usecases/make-email-proof.ts'
import { createOwnSession } from './usecases/own-session.ts'
import { createPushSubjects } from './usecases/push-subjects.ts'
import { createReauthenticate } from './usecases/reauthenticate.ts'
import { createRegisterUser } from './usecases/register-user.ts'
import { createRemovePassword } from './usecases/remove-password.ts'
import { createRequestEmailChange } from './usecases/request-email-change.ts'
import { createRequestEmailSignIn } from './usecases/request-email-sign-in.ts'
import { createRequestVerification } from './usecases/request-verification.ts'
import { createSignIn } from './usecases/sign-in.ts'
import { createSignInByEmail } from './usecases/sign-in-by-email.ts'
import { createSignOutBrowser } from './usecases/sign-out-browser.ts'
import { createTellOfNewDevice } from './usecases/tell-of-new-device.ts'
import { createUpdateProfile } from './usecases/update-profile.ts'
import { createVerifyEmail } from './usecases/verify-email.ts'
import { createVouchForSession } from './usecases/vouch-for-session.ts'

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

const daySeconds = 86_400
const hourSeconds = 3_600

/** How long an answer waits for the sessions that it ended. */
const settleTimeoutMs = 1_000

export const composeUseCases = (init: UseCasesInit) => {
  const { settings, stores, clients, metrics, logger, nudge, now } = init
  const { hasher, policy } = init.passwords
  const { users, credentials, authentications, signIns, passwords, resets, notMeLinks, attempts, mirrors } =
    stores
  const { emailProofs } = stores
  const resetTtlSeconds = settings.PASSWORD_RESET_TTL_SECONDS
  const sessionsDisowned = metrics.counter({
    name: 'identity_sessions_disowned_total',
    help: 'Sessions that their owner said are not theirs',
  })
  const settle = createSettle({ relayNow: nudge, timeoutMs: settleTimeoutMs })

  const attemptSecret = createAttemptSecret({
    attempts,
    maxAttempts: settings.MAX_LOGIN_ATTEMPTS,
    showFailures: (emailKey, failures) => mirrors.showFailures(emailKey, failures, settings.LOCKOUT_DURATION),
    now,
  })
  const attemptPassword = createAttemptPassword({ attemptSecret, hasher })
  const isRecentlyAuthenticated = createIsRecentlyAuthenticated({
    authentications,
    maxAgeSeconds: settings.REAUTHENTICATION_MAX_AGE_SECONDS,
    now,
  })
  const isBreached = composeBreachedPasswords(init)
  const choosePassword = createChoosePassword({ policy, hasher, credentials, isBreached })
  const { sessions, tokens, browsers, connectedApps } = clients
  // One way in for programs, which are given tokens, and one for pages, whose browsers are given a cookie.
  const authorize = async (start: SessionStart): Promise<AuthorizedStart> => {
    const { user } = start
    // Who registers is not there yet.
    return { ...start, ...((await stores.authorities.find(user.id)) ?? { user, authority: noAuthority }) }
  }
  const beginApiSession = createBeginSession({
    sessions,
    give: async (start, session) => tokens.issue(await authorize(start), session),
    logger,
  })
  const beginBrowserSession = createBeginSession({
    sessions,
    give: async (start, session) => browsers.begin(await authorize(start), session),
    logger,
  })
  const seal = createSeal(settings.MAIL_SEALING_KEY)
  const hashCode = createHashCode(settings.MAIL_SEALING_KEY)
  const ttlSeconds = {
    verification: daySeconds,
    registration: daySeconds,
    change_old: emailChangeSeconds,
    change_new: emailChangeSeconds,
    sign_in: emailSignInSeconds,
  }
  const signInMode = settings.EMAIL_SIGN_IN
  const makeProof = createMakeEmailProof({ signInMode, seal, hashCode, ttlSeconds, now })
  const { registrations } = stores
  const requestVerification = createRequestVerification({
    makeProof,
    proofs: { ...emailProofs, requestAgain: registrations.requestAgain },
  })
  const remindToVerify = async ({ emailKey }: User, askedFrom: string): Promise<void> => {
    await requestVerification({ emailKey, browserHash: undefined, locale: '', askedFrom, unlessOpen: true })
  }
  const rulesFor = (audience: 'api' | 'browser') =>
    createAdmissionRules({
      requiresVerification: settings.REQUIRE_EMAIL_VERIFICATION,
      remindToVerify,
      isPasswordSuspended: credentials.isSuspended,
      remindOfReset: ({ emailKey }) => resets.remind(emailKey),
      secondFactors: stores.secondFactors,
      challenges: stores.challenges,
      demandsSecondFactor: ({ id }) => stores.roles.demandSecondFactor(id),
      audience,
      createToken: randomToken,
      now,
    })
  const admitToApi = createAdmitUser({
    rules: rulesFor('api'),
    signIns,
    beginSession: beginApiSession,
  })
  const admitToBrowser = createAdmitUser({
    rules: rulesFor('browser'),
    signIns,
    beginSession: beginBrowserSession,
  })
  const adoptLegacyUser = composeLegacyLogin({ ...init, hasher, attemptSecret })
  const watchSignIns = composeSignInWatch(init)
  const signInDeps = { credentials, hasher, attemptPassword, adoptLegacyUser, now }
  const relaySoon = () => void nudge()
  const registerDeps = {
    users,
    registrations,
    choosePassword,
    policy: {
      requiresVerification: settings.REQUIRE_EMAIL_VERIFICATION,
      isStrict: settings.REGISTRATION_PRIVACY === 'strict',
    },
    makeProof,
    relaySoon,
    now,
  }
  const mintNotMeLink = createMintNotMeLink({ ttlSeconds: settings.NOT_ME_LINK_TTL_SECONDS, now })
  const { emailSignIns } = stores
  const emailSignInDeps = { proofs: emailProofs, emailSignIns, credentials, attemptSecret, hashCode, now }
  const getProfile = createGetProfile({ users })

  const social = composeSocial({
    settings,
    stores,
    admitToApi,
    admitToBrowser,
    isRecentlyAuthenticated,
    relaySoon: () => void nudge(),
    now,
  })
  const secondFactors = composeSecondFactors({
    settings,
    stores,
    attemptSecret,
    admitToApi,
    admitToBrowser,
    settle,
    browsers,
    isRecentlyAuthenticated,
    now,
  })

  return {
    ...social,
    ...composeOrganizations({ stores, seal, relaySoon, settle, now }),
    settle,
    choosePassword,
    pushSubjects: createPushSubjects({
      versions: stores.subjectVersions,
      authorities: stores.authorities,
      tokens,
    }),
    registerUser: createRegisterUser({ ...registerDeps, beginSession: beginApiSession }),
    signIn: watchSignIns(createSignIn({ ...signInDeps, admitUser: admitToApi })),
    requireChallenge: composeChallenge(init),
    registerInBrowser: createRegisterUser({ ...registerDeps, beginSession: beginBrowserSession }),
    signInBrowser: watchSignIns(createSignIn({ ...signInDeps, admitUser: admitToBrowser })),
    ...secondFactors,
    findBrowserUser: createFindBrowserUser({ browsers, getProfile }),
    signOutBrowser: createSignOutBrowser({ browsers, sessions }),
    findFlow: browsers.findFlow,
    ownSessions: sessions,
    connectedApps,
    exportData: createExportData({
      getProfile,
      sessions,
      connectedApps,
      personalData: stores.personalData,
      now,
    }),
    hasPassword: createHasPassword({ credentials }),
    getProfile,
    updateProfile: createUpdateProfile({ users, getProfile, now }),
    deleteAccount: createDeleteAccount({
      credentials,
      users,
      attemptPassword,
      isRecentlyAuthenticated,
      settle,
    }),
    ...composePasskeys({
      settings,
      stores,
      admitToApi,
      admitToBrowser,
      getProfile,
      makeFirstRecoveryCodes: secondFactors.makeFirstRecoveryCodes,
      settle,
      logger,
      now,
    }),
    isRecentlyAuthenticated,
    reauthenticate: createReauthenticate({ credentials, authentications, attemptPassword, now }),
    changePassword: createChangePassword({
      credentials,
      passwords,
      policy,
      attemptPassword,
      choosePassword,
      settle,
      now,
    }),
    removePassword: createRemovePassword({ passwords, settle, now }),
    requestReset: resets.request,
    issuePasswordReset: createIssuePasswordReset({
      users,
      resets,
      seal,
      relaySoon,
      showReset: (tokenHash, user) => mirrors.showReset(tokenHash, user.id, resetTtlSeconds),
      ttlSeconds: resetTtlSeconds,
      now,
    }),
    emailSignInMode: signInMode,
    requestEmailSignIn: createRequestEmailSignIn({ makeProof, proofs: emailProofs }),
    signInByEmail: createSignInByEmail({ ...emailSignInDeps, admitUser: admitToApi }),
    signInBrowserByEmail: createSignInByEmail({ ...emailSignInDeps, admitUser: admitToBrowser }),
    findEmailSignIn: stores.emailSignIns.findOffer,
    requestEmailChange: createRequestEmailChange({
      users,
      changes: stores.emailChanges,
      makeProof,
      isStrict: settings.REGISTRATION_PRIVACY === 'strict',
      relaySoon,
      now,
    }),
    emailChange: createConfirmEmailChange({
      proofs: emailProofs,
      changes: stores.emailChanges,
      credentials,
      attemptSecret,
      hashCode,
      settle,
      now,
    }),
    requestVerification,
    issueEmailProof: createIssueEmailProof({ proofs: emailProofs, relaySoon, now }),
    verifyEmail: createVerifyEmail({
      proofs: emailProofs,
      verifications: stores.verifications,
      registrations,
      credentials,
      attemptSecret,
      hashCode,
      now,
    }),
    findEmailRequest: emailProofs.findRequest,
    confirmReset: createConfirmPasswordReset({
      resets,
      passwords,
      policy,
      choosePassword,
      onReset: (user, tokenHash) => {
        mirrors.hideReset(tokenHash)
        mirrors.showFailures(user.emailKey, 0, settings.LOCKOUT_DURATION)
      },
      settle,
      now,
    }),
    mintNotMeLink,
    askOwner: createAskOwner({
      users,
      notMeLinks,
      mintNotMeLink,
      seal,
      relaySoon,
      logger,
    }),
    tellOfNewDevice: createTellOfNewDevice({ users, notMeLinks, mintNotMeLink, seal, relaySoon }),
    findNotMeLink: (rawToken: string) => notMeLinks.find(hashNotMeToken(rawToken), now()),
    ownSession: createOwnSession({ notMeLinks, sessions, now }),
    vouchForSession: createVouchForSession({ sessions, logger }),
    disownSession: createDisownSession({
      notMeLinks,
      settle,
      onDisowned: () => sessionsDisowned.inc(),
      now,
    }),
    cleanUp: createCleanUp({
      retention: stores.retention,
      keepSeconds: {
        // A day in which support can see that a link was there, and whether it was used.
        password_resets: daySeconds,
        not_me_links: daySeconds,
        login_attempts: 0,
        known_devices: settings.KNOWN_DEVICE_TTL_DAYS * daySeconds,
        // Journeys and sign-ups that were used stay for support to look at until they would have run out, and an hour more.
        social_journeys: hourSeconds,
        social_sign_ups: hourSeconds,
        organization_invitations: daySeconds,
        authentications: settings.REAUTHENTICATION_MAX_AGE_SECONDS,
        passkey_ceremonies: 0,
        sign_in_challenges: 0,
        remembered_devices: 0,
        totp_factors: totpEnrolmentTtlSeconds,
        email_proofs: daySeconds,
        email_changes: daySeconds,
        // As far back as the quotas look.
        asked_mails: hourSeconds,
      },
      reportLag: createCleanupLag(metrics),
      now,
    }),
  }
}

export type UseCases = ReturnType<typeof composeUseCases>
