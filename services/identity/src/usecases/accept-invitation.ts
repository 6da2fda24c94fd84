/** Takes an invitation up, for the account whose address its mail went to. */
import type { UserId } from '../domain/ids.ts'
import type { AcceptedInvitation, InvitationAcceptance } from '../domain/organization-invitation.ts'
import type { FindInvitation, InvitationLink } from './find-invitation.ts'

export interface AcceptInvitationDeps {
  readonly findInvitation: FindInvitation
  readonly invitations: { accept(acceptance: InvitationAcceptance): Promise<AcceptedInvitation> }
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export const createAcceptInvitation =
  ({ findInvitation, invitations, settle, now }: AcceptInvitationDeps) =>
  async (link: InvitationLink, userId: UserId): Promise<AcceptedInvitation> => {
    const found = await findInvitation(link)
    if (found === undefined) return { outcome: 'invalid' }
    const accepted = await invitations.accept({ tokenHash: found.tokenHash, userId, at: now() })
    if (accepted.outcome === 'accepted') await settle()
    return accepted
  }

export type AcceptInvitation = ReturnType<typeof createAcceptInvitation>
