/**
 * Makes an ending known: markers that the gateway and the refresh path read at once, and what operators look at.
 * Done right after the commit and again by the outbox, so each step may be repeated.
 */
import type { RevocationMarkers } from '@latchkey/revocation'
import type { Ending, PresentedToken } from '../domain/ending.ts'
import type { SessionId } from '../domain/ids.ts'

export interface PublishEndingDeps {
  markers: Pick<RevocationMarkers, 'markSessionsEnded' | 'blacklistToken'>
  records: { remove(ids: readonly SessionId[]): Promise<void> }
  terminations: { push(ending: Ending): Promise<void> }
}

/**
 * Markers first: they are what keeps a revoked token out. Ends by mere time would drown the others in the list.
 * @throws what Redis failed with
 */
export const createPublishEnding =
  ({ markers, records, terminations }: PublishEndingDeps) =>
  async (ending: Ending, token: PresentedToken | undefined): Promise<void> => {
    await markers.markSessionsEnded([ending])
    if (token !== undefined) await markers.blacklistToken(token.jti, token.expiresAt, ending.sessionId)
    await records.remove([ending.sessionId])
    if (ending.reason !== 'expired') await terminations.push(ending)
  }

export type PublishEnding = ReturnType<typeof createPublishEnding>
