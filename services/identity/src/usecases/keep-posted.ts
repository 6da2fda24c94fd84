/** What a provider posts beside its code (Apple: a name, once) waits for the browser, which comes again with its cookie. */
import { hashState, type StateHash } from '../domain/social-journey.ts'

export interface KeepPostedDeps {
  readonly journeys: { keepPosted(stateHash: StateHash, provider: string, posted: string): Promise<void> }
}

// A name in JSON; longer ones are none.
const longestPosted = 1_024

export const createKeepPosted =
  ({ journeys }: KeepPostedDeps) =>
  async (rawState: string, provider: string, posted: string): Promise<void> => {
    if (posted.length > longestPosted) return
    await journeys.keepPosted(hashState(rawState), provider, posted)
  }

export type KeepPosted = ReturnType<typeof createKeepPosted>
