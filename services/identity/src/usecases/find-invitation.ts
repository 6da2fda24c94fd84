/** Into what a link invites, without using it: by the token of the mail, or by the handle that stands for it in one browser. */
import type { InvitationTokenHash } from '../domain/ids.ts'
import { hashInvitationToken, type OpenInvitation } from '../domain/organization-invitation.ts'
import type { WaitingInvitations } from '../domain/waiting-invitation.ts'

export interface FindInvitationDeps {
  readonly invitations: {
    find(tokenHash: InvitationTokenHash, at: Date): Promise<OpenInvitation | undefined>
  }
  readonly waiting: Pick<WaitingInvitations, 'open'>
  readonly now: () => Date
}

export type InvitationLink =
  | { readonly rawToken: string }
  | { readonly handle: string; readonly rawBrowser: string }

export interface FoundInvitation extends OpenInvitation {
  readonly tokenHash: InvitationTokenHash
}

export const createFindInvitation =
  ({ invitations, waiting, now }: FindInvitationDeps) =>
  /** Undefined where the link is worth nothing (any more). */
  async (link: InvitationLink): Promise<FoundInvitation | undefined> => {
    const tokenHash =
      'rawToken' in link
        ? hashInvitationToken(link.rawToken)
        : waiting.open(link.handle, link.rawBrowser, now())
    const invitation = tokenHash && (await invitations.find(tokenHash, now()))
    return invitation && { ...invitation, tokenHash }
  }

export type FindInvitation = ReturnType<typeof createFindInvitation>
