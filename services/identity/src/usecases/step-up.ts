/**
 * Somebody is signed in in a browser, and a request that waits wants more proof than their session has. What they can add is
 * asked for as in a sign-in, with what the session has proven as its first factor; who has nothing to add sets it up, where
 * the request does not do without. What comes of it takes the place of their session, and is remembered where that was.
 *
 * @see RFC 9470
 */
import type { AuthenticationMethod } from '../domain/authentication-method.ts'
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import { methodsAfter, type SecondFactorMethod } from '../domain/second-factor.ts'
import type { ChallengePurpose } from '../domain/sign-in-challenge.ts'
import { type Account, credentialVersionOf } from '../domain/user.ts'
import type { WaitingFlow } from '../domain/waiting-flow.ts'
import type { BeginChallenge } from './begin-challenge.ts'
import type { IsRecentlyAuthenticated } from './is-recently-authenticated.ts'

export interface StepUpDeps {
  readonly browsers: {
    findSession(rawToken: string): Promise<
      | {
          readonly userId: UserId
          readonly sessionId: SessionId
          readonly methods: readonly AuthenticationMethod[]
        }
      | undefined
    >
  }
  readonly sessions: { isRemembered(id: SessionId): Promise<boolean> }
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly secondFactors: {
    look(
      userId: UserId,
      device: DeviceHash | undefined,
      at: Date,
    ): Promise<{ readonly methods: readonly SecondFactorMethod[] }>
  }
  readonly beginChallenge: BeginChallenge
  readonly isRecentlyAuthenticated: IsRecentlyAuthenticated
  readonly now: () => Date
}

export type StepUpOutcome =
  | { readonly outcome: 'second_factor_required'; readonly rawChallenge: string }
  /** By the request, not by a rule of the account. */
  | { readonly outcome: 'enrolment_required'; readonly rawChallenge: string }
  /** Nobody is signed in, or too long ago for setting up a factor. */
  | { readonly outcome: 'sign_in' }
  /** There is nothing that would do, and nothing to set up. */
  | { readonly outcome: 'unmet' }

/** Only a passkey is on the ladder's last rung. */
const wouldDo = (method: SecondFactorMethod, { acrWanted }: Pick<WaitingFlow, 'acrWanted'>): boolean =>
  acrWanted !== 'phr' || method === 'passkey'

export interface StepUpInput {
  /** Raw cookie of the browser session. */
  readonly rawSession: string | undefined
  readonly device: DeviceHash
  readonly flow: Pick<WaitingFlow, 'acrWanted' | 'acrRequired'>
}

export const createStepUp = (deps: StepUpDeps) => {
  const { browsers, sessions, credentials, secondFactors, beginChallenge, now } = deps

  const begin = async (
    { user, ...account }: Account,
    { sessionId, methods }: { sessionId: SessionId; methods: readonly AuthenticationMethod[] },
    device: DeviceHash,
    purpose: ChallengePurpose,
  ): Promise<string> =>
    beginChallenge({
      userId: user.id,
      purpose,
      methods,
      device,
      rememberMe: await sessions.isRemembered(sessionId),
      credentialVersion: credentialVersionOf(account),
    })

  return async ({ rawSession, device, flow }: StepUpInput): Promise<StepUpOutcome> => {
    const session = rawSession === undefined ? undefined : await browsers.findSession(rawSession)
    if (session === undefined) return { outcome: 'sign_in' }
    const account = await credentials.findByUser(session.userId, device)
    if (account === undefined || account.user.disabledAt !== undefined) return { outcome: 'sign_in' }
    const { userId, methods } = session
    const had = await secondFactors.look(userId, device, now())
    if (methodsAfter(methods, had.methods).some(method => wouldDo(method, flow))) {
      const rawChallenge = await begin(account, session, device, 'verify')
      return { outcome: 'second_factor_required', rawChallenge }
    }
    // A passkey can be made on the account page alone; an app, here.
    if (flow.acrRequired === '' || flow.acrRequired === 'phr' || had.methods.length > 0)
      return { outcome: 'unmet' }
    if (!(await deps.isRecentlyAuthenticated(session))) return { outcome: 'sign_in' }
    return { outcome: 'enrolment_required', rawChallenge: await begin(account, session, device, 'enrol') }
  }
}

export type StepUp = ReturnType<typeof createStepUp>
