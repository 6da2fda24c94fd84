/** What became of a request for a proof, out of sight of who asked: the mail goes where there is somebody to get it. */
import type { EmailProofId } from '../domain/ids.ts'

export interface IssueEmailProofDeps {
  readonly proofs: {
    /** False where nothing goes: nobody has the address, or a quota is full. */
    issue(id: EmailProofId, askedFrom: string, at: Date): Promise<boolean>
  }
  readonly relaySoon: () => void
  readonly now: () => Date
}

export const createIssueEmailProof =
  ({ proofs, relaySoon, now }: IssueEmailProofDeps) =>
  async (id: EmailProofId, askedFrom: string): Promise<void> => {
    if (await proofs.issue(id, askedFrom, now())) relaySoon()
  }

export type IssueEmailProof = ReturnType<typeof createIssueEmailProof>
