/** The one way in: what counts a look at a secret, the rules of admission, and the sessions that they end in. */
import type { Logger } from '@latchkey/runtime/logger'
import { createAdmissionRules } from './admission/index.ts'
import type { AuthorizedStart } from './clients/subject.ts'
import type { Clients } from './compose-clients.ts'
import type { Passwords } from './compose-passwords.ts'
import type { Stores } from './compose-stores.ts'
import type { IdentitySettings } from './config.ts'
import { noAuthority } from './domain/authority.ts'
import type { SessionStart } from './domain/sign-in.ts'
import type { User } from './domain/user.ts'
import { createAdmitUser } from './usecases/admit-user.ts'
import { createAttemptPassword } from './usecases/attempt-password.ts'
import { createAttemptSecret } from './usecases/attempt-secret.ts'
import { createBeginChallenge } from './usecases/begin-challenge.ts'
import { createBeginSession } from './usecases/begin-session.ts'
import { createEndLeftSessions } from './usecases/end-left-sessions.ts'

export interface AttemptsInit {
  readonly settings: IdentitySettings
  readonly stores: Pick<Stores, 'attempts' | 'mirrors'>
  readonly hasher: Passwords['hasher']
  readonly now: () => Date
}

export const composeAttempts = ({ settings, stores, hasher, now }: AttemptsInit) => {
  const attemptSecret = createAttemptSecret({
    attempts: stores.attempts,
    maxAttempts: settings.MAX_LOGIN_ATTEMPTS,
    showFailures: (emailKey, failures) =>
      stores.mirrors.showFailures(emailKey, failures, settings.LOCKOUT_DURATION),
    now,
  })
  return { attemptSecret, attemptPassword: createAttemptPassword({ attemptSecret, hasher }) }
}

export interface AdmissionInit {
  readonly settings: IdentitySettings
  readonly stores: Stores
  readonly clients: Pick<Clients, 'sessions' | 'tokens' | 'browsers'>
  readonly remindToVerify: (user: User, askedFrom: string) => Promise<void>
  readonly logger: Logger
  readonly now: () => Date
}

/** Twice: for programs, which are given tokens, and for pages, whose browsers are given a cookie. */
export const composeAdmission = (init: AdmissionInit) => {
  const { settings, stores, remindToVerify, logger, now } = init
  const { sessions, tokens, browsers } = init.clients
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
  const rulesFor = (audience: 'api' | 'browser') =>
    createAdmissionRules({
      requiresVerification: settings.REQUIRE_EMAIL_VERIFICATION,
      remindToVerify,
      remindOfReset: ({ emailKey }) => stores.resets.remind(emailKey),
      beginChallenge: createBeginChallenge({ challenges: stores.challenges, audience, now }),
    })
  const { credentials, signIns, standings, sessionEndings } = stores
  const endLeftSessions = createEndLeftSessions({ credentials, sessionEndings, sessions, logger })
  const deps = { standings, signIns, endLeftSessions, now }
  return {
    beginApiSession,
    beginBrowserSession,
    admitToApi: createAdmitUser({ ...deps, rules: rulesFor('api'), beginSession: beginApiSession }),
    admitToBrowser: createAdmitUser({
      ...deps,
      rules: rulesFor('browser'),
      beginSession: beginBrowserSession,
    }),
  }
}
