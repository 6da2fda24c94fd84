/** Signs somebody in in a browser: the cookie that the authorization endpoint knows them by. */
import type { NewBrowserSession } from '../domain/browser-session.ts'
import { hashSecret } from '../domain/hash-secret.ts'
import type { Subject } from '../domain/subject.ts'

export interface BeginBrowserSessionDeps {
  readonly browserSessions: {
    begin(tokenHash: Buffer, session: NewBrowserSession, replaces?: Buffer): Promise<void>
  }
  readonly subjects: {
    /** Keeps the snapshot unless a newer one is stored or the subject was deleted. */
    save(subject: Subject): Promise<void>
  }
  /** 256 random bits as text. */
  readonly createToken: () => string
}

export interface BeginBrowserSessionInput {
  readonly subject: Subject
  readonly session: Omit<NewBrowserSession, 'subject'>
  /** Raw cookie of the one that it takes the place of: each sign-in has a cookie of its own (ASVS 7.2.4). */
  readonly replaces: string | undefined
}

export const createBeginBrowserSession =
  ({ browserSessions, subjects, createToken }: BeginBrowserSessionDeps) =>
  async ({ subject, session, replaces }: BeginBrowserSessionInput): Promise<{ readonly token: string }> => {
    const token = createToken()
    await subjects.save(subject)
    await browserSessions.begin(
      hashSecret(token),
      { ...session, subject: subject.userId },
      replaces === undefined ? undefined : hashSecret(replaces),
    )
    return { token }
  }

export type BeginBrowserSession = ReturnType<typeof createBeginBrowserSession>
