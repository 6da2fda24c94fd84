/** What became of a request for a proof, out of sight of who asked: the mail goes where there is somebody to get it. */
import type { ProofIssue } from '../domain/email-proof.ts'

export interface IssueEmailProofDeps {
  readonly proofs: {
    /** False where nothing goes: nobody has the address, or a quota is full. */
    issue(request: ProofIssue, at: Date): Promise<boolean>
  }
  readonly relaySoon: () => void
  readonly now: () => Date
}

export const createIssueEmailProof =
  ({ proofs, relaySoon, now }: IssueEmailProofDeps) =>
  async (request: ProofIssue): Promise<void> => {
    if (await proofs.issue(request, now())) relaySoon()
  }

export type IssueEmailProof = ReturnType<typeof createIssueEmailProof>
