/**
 * Snapshots that this process has stored a moment ago: a sign-in that says the same again has nothing to store. A stored
 * snapshot gives way to a newer one and to the deletion alone, whichever replica brought them, and the statement that is
 * left out would change neither. Only a database that was restored may have lost it: so nothing is taken for stored for
 * longer than five minutes.
 */
import { hash } from 'node:crypto'
import type { UserId } from '../domain/ids.ts'
import type { Subject } from '../domain/subject.ts'
import type { Subjects } from './subjects.ts'

const keptMs = 300_000

export interface KnownSubjectsDeps {
  readonly subjects: Pick<Subjects, 'save' | 'delete'>
  readonly now: () => Date
  /** Most snapshots that are remembered; the one stored first makes room. */
  readonly capacity?: number
}

const digestOf = (subject: Subject): string => {
  const { userId, email, emailVerified, name, version, roles, permissions, organizations } = subject
  const all = [userId, email, emailVerified, name, version, roles, permissions, organizations]
  return hash('sha256', JSON.stringify(all), 'base64url')
}

export const createKnownSubjects = ({ subjects, now, capacity = 10_000 }: KnownSubjectsDeps) => {
  const known = new Map<UserId, { readonly digest: string; readonly untilMs: number }>()

  const isKnown = (userId: UserId, digest: string): boolean => {
    const entry = known.get(userId)
    return entry?.digest === digest && entry.untilMs > now().getTime()
  }

  const remember = (userId: UserId, digest: string, untilMs: number): void => {
    known.delete(userId)
    const oldest = known.size >= capacity ? known.keys().next().value : undefined
    if (oldest !== undefined) known.delete(oldest)
    known.set(userId, { digest, untilMs })
  }

  return {
    /** Keeps the snapshot unless a newer one is stored or the subject was deleted; asks nobody where it is stored. */
    save: async (subject: Subject): Promise<void> => {
      const { userId } = subject
      const digest = digestOf(subject)
      if (isKnown(userId, digest)) return
      const untilMs = now().getTime() + keptMs
      await subjects.save(subject)
      remember(userId, digest, untilMs)
    },

    /** Forgets the subject for good and ends its families. Again changes nothing. */
    delete: async (userId: UserId): Promise<void> => {
      await subjects.delete(userId)
      known.delete(userId)
    },
  }
}
