/** Has an invitation wait in the browser that opened its link, while its owner signs in there: by a handle, not by its token. */
import { hashInvitationToken } from '../domain/organization-invitation.ts'
import type { WaitingInvitations } from '../domain/waiting-invitation.ts'

export interface HoldInvitationDeps {
  readonly waiting: Pick<WaitingInvitations, 'handleOf'>
  readonly now: () => Date
}

export const createHoldInvitation =
  ({ waiting, now }: HoldInvitationDeps) =>
  (rawToken: string, rawBrowser: string): string =>
    waiting.handleOf(hashInvitationToken(rawToken), rawBrowser, now())

export type HoldInvitation = ReturnType<typeof createHoldInvitation>
