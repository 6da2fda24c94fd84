/** A file in calls: as many users as fit into a body of 64 KiB, and no more than a statement should have. */
import type { ImportEntry } from './entry.ts'

const mostBytes = 60_000
const mostUsers = 200

export const inBatches = (entries: readonly ImportEntry[]): readonly (readonly ImportEntry[])[] => {
  const batches: ImportEntry[][] = []
  let bytes = Number.POSITIVE_INFINITY
  for (const entry of entries) {
    const size = Buffer.byteLength(JSON.stringify(entry.user)) + 1
    const last = batches.at(-1)
    if (last === undefined || bytes + size > mostBytes || last.length >= mostUsers) {
      batches.push([entry])
      bytes = size
    } else {
      last.push(entry)
      bytes += size
    }
  }
  return batches
}
