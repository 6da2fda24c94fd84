/**
 * The one way in. Somebody has proven who they are, by whatever means; the rules of `admission/` are asked in order, then
 * the session begins, and last the sign-in is completed: what came in between takes the session back.
 */
import type { AdmissionRule, Refusal } from '../admission/index.ts'
import type { DeviceHash, SessionId, UserId } from '../domain/ids.ts'
import type { SessionStart, SignInCompletion } from '../domain/sign-in.ts'
import type { Standing } from '../domain/standing.ts'
import type { User } from '../domain/user.ts'
import type { BeginSession } from './begin-session.ts'
import type { EndLeftSessions } from './end-left-sessions.ts'

export interface AdmitUserDeps<Given> {
  readonly rules: readonly AdmissionRule[]
  readonly standings: { look(userId: UserId, device: DeviceHash, at: Date): Promise<Standing> }
  readonly beginSession: BeginSession<Given>
  readonly signIns: {
    /** False where the proof is outdated: the password was changed, or the user disabled or deleted, in between. */
    complete(completion: SignInCompletion): Promise<boolean>
  }
  readonly endLeftSessions: EndLeftSessions
  readonly now: () => Date
}

export type Admission<Given> =
  | {
      readonly outcome: 'signed_in'
      readonly user: User
      readonly sessionId: SessionId
      readonly given: Given
    }
  /** What was proven is not true any more. */
  | { readonly outcome: 'outdated' }
  | Refusal

/** @throws what the stores and services failed with: then nothing that began stays usable */
export type AdmitUser<Given> = (start: SessionStart) => Promise<Admission<Given>>

export const createAdmitUser =
  <Given>(deps: AdmitUserDeps<Given>): AdmitUser<Given> =>
  async start => {
    const { rules, standings, beginSession, signIns, now } = deps
    const { user, origin, credentialVersion, authenticatedAt } = start
    const standing = await standings.look(user.id, origin.device, now())
    for (const rule of rules) {
      const refusal = await rule(start, standing)
      if (refusal !== undefined) return refusal
    }
    const session = await beginSession(start)
    try {
      const completed = await signIns.complete({
        userId: user.id,
        sessionId: session.id,
        credentialVersion,
        device: origin.device,
        at: authenticatedAt,
      })
      if (completed) return { outcome: 'signed_in', user, sessionId: session.id, given: session.given }
    } catch (error) {
      await session.abandon()
      throw error
    }
    await session.abandon()
    await deps.endLeftSessions(user.id)
    return { outcome: 'outdated' }
  }
