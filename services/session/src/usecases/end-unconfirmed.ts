/** Ends sessions that were under review and that nobody confirmed within their grace. */
import { inBatches } from '@latchkey/runtime/schedule'
import type { Ending } from '../domain/ending.ts'
import type { AnnounceEndings } from './announce-endings.ts'

export interface EndUnconfirmedDeps {
  reviews: { endUnconfirmed(at: Date, batchSize: number): Promise<readonly Ending[]> }
  announceEndings: AnnounceEndings
  now: () => Date
}

const batchSize = 200

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createEndUnconfirmed =
  ({ reviews, announceEndings, now }: EndUnconfirmedDeps) =>
  async (signal: AbortSignal): Promise<void> => {
    await inBatches({ batchSize, signal }, async limit => {
      const endings = await reviews.endUnconfirmed(now(), limit)
      await announceEndings(endings)
      return endings.length
    })
  }
