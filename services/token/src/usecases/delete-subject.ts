/** An account was deleted: its data go, and so does everything that could still be used in its name. */
import type { UserId } from '../domain/ids.ts'

export interface DeleteSubjectDeps {
  readonly subjects: {
    /** Forgets the subject for good and ends its families. */
    delete(userId: UserId): Promise<void>
  }
}

/** Idempotent; no later update brings the subject back. */
export const createDeleteSubject =
  ({ subjects }: DeleteSubjectDeps) =>
  (userId: UserId): Promise<void> =>
    subjects.delete(userId)

export type DeleteSubject = ReturnType<typeof createDeleteSubject>
