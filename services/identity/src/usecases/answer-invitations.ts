/**
 * What a user is invited into, and their answer, without the link of the mail: having verified the address says as much as
 * reading its mails.
 */
import type { InvitationTokenHash, UserId } from '../domain/ids.ts'
import type {
  AcceptedInvitation,
  InvitationAcceptance,
  OwnInvitation,
} from '../domain/organization-invitation.ts'

export interface AnswerInvitationsDeps {
  readonly ownInvitations: {
    list(userId: UserId, at: Date): Promise<readonly OwnInvitation[]>
    find(userId: UserId, id: string, at: Date): Promise<InvitationTokenHash | undefined>
    decline(userId: UserId, id: string, at: Date): Promise<boolean>
  }
  readonly invitations: { accept(acceptance: InvitationAcceptance): Promise<AcceptedInvitation> }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const createAnswerInvitations = ({
  ownInvitations,
  invitations,
  settle,
  now,
}: AnswerInvitationsDeps) => ({
  list: (userId: UserId): Promise<readonly OwnInvitation[]> => ownInvitations.list(userId, now()),

  accept: async (userId: UserId, id: string): Promise<AcceptedInvitation> => {
    const at = now()
    const tokenHash = await ownInvitations.find(userId, id, at)
    if (tokenHash === undefined) return { outcome: 'invalid' }
    const accepted = await invitations.accept({ tokenHash, userId, at })
    if (accepted.outcome === 'accepted') await settle()
    return accepted
  },

  decline: (userId: UserId, id: string): Promise<boolean> => ownInvitations.decline(userId, id, now()),
})

export type AnswerInvitations = ReturnType<typeof createAnswerInvitations>
