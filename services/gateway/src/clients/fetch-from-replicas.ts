/** Reads a document that every replica of a service serves alike from the first one that answers. */
import type { FetchDocument } from '@latchkey/sdk'

/** @throws the last replica's failure, where none answers */
export const createFetchFromReplicas =
  (replicas: readonly string[], fetch: FetchDocument): FetchDocument =>
  async (url, init) => {
    const { pathname } = new URL(url)
    let failure: unknown
    for (const replica of replicas) {
      try {
        return await fetch(new URL(pathname, replica), init)
      } catch (error) {
        failure = error
      }
    }
    throw failure
  }
