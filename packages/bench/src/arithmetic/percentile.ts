/** Percentiles by nearest rank: always a value that was measured, never one between two. */

/** @param share 0.5 for the median; undefined where nothing was measured */
export const percentile = (values: readonly number[], share: number): number | undefined => {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]
}
