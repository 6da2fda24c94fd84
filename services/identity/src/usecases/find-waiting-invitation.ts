/** What a sign-in may know of the invitation that waits for it. */
import type { FindFlow } from './find-flow.ts'
import type { FindInvitation } from './find-invitation.ts'

export interface FindWaitingInvitationDeps {
  readonly findInvitation: FindInvitation
}

export const createFindWaitingInvitation =
  ({ findInvitation }: FindWaitingInvitationDeps): FindFlow =>
  async (handle, rawBrowser) => {
    const found = await findInvitation({ handle, rawBrowser })
    return (
      found && {
        kind: 'invitation',
        destinationName: found.organizationName,
        loginHint: found.email,
        uiLocales: '',
        promptsCreation: false,
        acrWanted: '',
        acrRequired: '',
        formAction: undefined,
      }
    )
  }
