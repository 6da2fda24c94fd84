/** Forgets messages after their retention time, in small batches that hold no lock for long. */
export interface DeleteOldMessagesDeps {
  readonly messages: {
    /** Deletes at most `limit` messages from before `before` that are over; gives their number. */
    deleteFinished(before: Date, limit: number): Promise<number>
  }
  readonly retentionMs: number
  readonly now: () => Date
}

const batchSize = 1000

/** Gives the number of messages that were deleted. */
export const createDeleteOldMessages =
  ({ messages, retentionMs, now }: DeleteOldMessagesDeps) =>
  async (): Promise<number> => {
    const before = new Date(now().getTime() - retentionMs)
    let sum = 0
    for (;;) {
      const deleted = await messages.deleteFinished(before, batchSize)
      sum += deleted
      if (deleted < batchSize) return sum
    }
  }
