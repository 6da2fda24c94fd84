/** Takes note that sessions were used: in memory and in Redis now, in Postgres with the next flush. */
import type { Logger } from '@latchkey/runtime/logger'
import type { Activity } from '../domain/session.ts'

export interface RecordActivityDeps {
  /** Gives how many it had no room for. */
  buffer: { add(activities: readonly Activity[]): number }
  records: { touch(activities: readonly Activity[]): Promise<void> }
  now: () => Date
  onDropped: (count: number) => void
  logger: Pick<Logger, 'debug'>
}

/** A use in the future, by a caller's fast clock, counts as one now. Never fails: stamps are worth no error. */
export const createRecordActivity =
  (deps: RecordActivityDeps) =>
  async (reported: readonly Activity[]): Promise<void> => {
    const now = deps.now()
    const activities = reported.map(activity => (activity.at > now ? { ...activity, at: now } : activity))
    const dropped = deps.buffer.add(activities)
    if (dropped > 0) deps.onDropped(dropped)
    await deps.records
      .touch(activities)
      .catch(error => deps.logger.debug({ error }, 'activity was not noted in redis'))
  }
