/** Identity's word on a subject: what tokens say from now on. */
import type { Subject } from '../domain/subject.ts'

export interface UpdateSubjectDeps {
  readonly subjects: {
    /** Keeps the snapshot unless a newer one is stored or the subject was deleted. */
    save(subject: Subject): Promise<void>
  }
}

/** Idempotent; an older version than the stored one changes nothing. */
export const createUpdateSubject =
  ({ subjects }: UpdateSubjectDeps) =>
  (subject: Subject): Promise<void> =>
    subjects.save(subject)

export type UpdateSubject = ReturnType<typeof createUpdateSubject>
