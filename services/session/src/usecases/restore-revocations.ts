/**
 * Keeps Redis' knowledge of ended sessions whole: when the epoch is gone, Redis was emptied; when the connection
 * was lost, Redis may be back with an older state. Either way what ended lately is told again, from Postgres.
 */
import type { RevocationMarkers } from '@latchkey/revocation'
import type { Logger } from '@latchkey/runtime/logger'
import type { Ending } from '../domain/ending.ts'

export interface RestoreRevocationsDeps {
  ended: {
    /** Pages, oldest first, of endings that somebody may still hold a token for. */
    since(at: Date, pageSize: number): AsyncIterable<readonly Ending[]>
    latest(count: number): Promise<readonly Ending[]>
  }
  markers: Pick<RevocationMarkers, 'markSessionsEnded' | 'readEpoch' | 'announceEpoch'>
  terminations: { replace(latest: readonly Ending[]): Promise<void> }
  /** Tells again of sessions whose review is open, or was since then. */
  publishFlaggedSince: (at: Date) => Promise<void>
  publishEvents: (endings: readonly Ending[]) => Promise<void>
  /** Tells afterwards whether Redis was emptied since. */
  watchContinuity: () => Promise<{ isUnbroken(): Promise<boolean>; end(): Promise<boolean> }>
  /** How long a marker is needed after its session's end. */
  markerTtlSeconds: number
  refreshTtlSeconds: number
  terminationListLength: number
  now: () => Date
  onRestored: (cause: RestoreCause) => void
  logger: Pick<Logger, 'info'>
}

export type RestoreCause = 'emptied' | 'reconnected'

const pageSize = 500
/** What Redis can have lost on the way down: far more than the second that it may not have synced. */
const reconnectedSeconds = 3600

export const createRestoreRevocations = (deps: RestoreRevocationsDeps) => {
  const { ended, markers, now } = deps
  // From the start: what happened before it, nobody here has seen.
  let pending: RestoreCause | undefined = 'reconnected'

  const before = (seconds: number) => new Date(now().getTime() - seconds * 1000)

  const tellAgain = async (cause: RestoreCause): Promise<void> => {
    for await (const endings of ended.since(before(deps.markerTtlSeconds), pageSize))
      await markers.markSessionsEnded(endings)
    const eventsSince = before(cause === 'emptied' ? deps.refreshTtlSeconds : reconnectedSeconds)
    for await (const endings of ended.since(eventsSince, pageSize)) await deps.publishEvents(endings)
    // Whose owners were to be asked: a repeated event asks nobody twice.
    await deps.publishFlaggedSince(before(reconnectedSeconds))
    if (cause === 'emptied') await deps.terminations.replace(await ended.latest(deps.terminationListLength))
  }

  // Emptied once more on the way, Redis would hold half of it; an epoch would then vouch for what is missing.
  const restore = async (cause: RestoreCause): Promise<void> => {
    const continuity = await deps.watchContinuity()
    await tellAgain(cause)
    if (!(await continuity.isUnbroken())) throw new Error('redis was emptied while it was being restored')
    await markers.announceEpoch()
    if (!(await continuity.end())) throw new Error('redis was emptied as it had been restored')
  }

  return {
    /** The connection to Redis was lost and is back. */
    doubt: (): void => {
      pending ??= 'reconnected'
    },

    /**
     * Restores where there is need, and only then says that the markers are complete.
     * @throws what Redis or Postgres failed with; the next call tries again
     */
    check: async (): Promise<void> => {
      const cause = (await markers.readEpoch()) === undefined ? 'emptied' : pending
      if (cause === undefined) return
      // A connection that is lost meanwhile is a new doubt.
      pending = undefined
      try {
        await restore(cause)
      } catch (error) {
        pending = 'emptied'
        throw error
      }
      deps.onRestored(cause)
      deps.logger.info({ cause }, 'revocations were told to redis again')
    },
  }
}
