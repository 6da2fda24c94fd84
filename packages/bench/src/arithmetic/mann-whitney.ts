/**
 * Whether two samples can be told apart, whatever their distribution: the Mann–Whitney U test, with the normal
 * approximation and the correction for ties, as is right for samples of more than twenty.
 *
 * @see Mann, Whitney (1947); Conover, Practical Nonparametric Statistics, §5.1
 */

export interface MannWhitney {
  /**
   * The effect size: how often one of the first sample is larger than one of the second. 0.5 where neither is, 1 and 0
   * where a single measurement tells them apart.
   */
  readonly superiority: number
  /** How likely a difference as large as this is between samples of the same. Two-sided. */
  readonly p: number
}

interface Ranked {
  /** Of the first sample. */
  readonly rankSum: number
  /** The sum of t³ - t over all groups of t equal values. */
  readonly ties: number
}

/** Equal values share the mean of the ranks that they take up. */
const rank = (first: readonly number[], second: readonly number[]): Ranked => {
  const all = [
    ...first.map(value => ({ value, isFirst: true })),
    ...second.map(value => ({ value, isFirst: false })),
  ].toSorted((one, other) => one.value - other.value)
  let rankSum = 0
  let ties = 0
  for (let start = 0, end = 0; start < all.length; start = end) {
    while (end < all.length && all[end]?.value === all[start]?.value) end += 1
    const size = end - start
    const meanRank = (start + 1 + end) / 2
    rankSum += meanRank * all.slice(start, end).filter(({ isFirst }) => isFirst).length
    ties += size ** 3 - size
  }
  return { rankSum, ties }
}

/** How likely a standard normal value is further from zero than `z`. @see Abramowitz, Stegun §7.1.26: within 1.5e-7 */
const outside = (z: number): number => {
  const x = Math.abs(z) / Math.SQRT2
  const t = 1 / (1 + 0.3275911 * x)
  const polynomial = [1.061405429, -1.453152027, 1.421413741, -0.284496736, 0.254829592].reduce(
    (sum, coefficient) => (sum + coefficient) * t,
    0,
  )
  return polynomial * Math.exp(-x * x)
}

/** @throws Error for an empty sample */
export const mannWhitney = (first: readonly number[], second: readonly number[]): MannWhitney => {
  const [n, m] = [first.length, second.length]
  if (n === 0 || m === 0) throw new Error('nothing was measured, so nothing can be told apart')
  const { rankSum, ties } = rank(first, second)
  const u = rankSum - (n * (n + 1)) / 2
  const total = n + m
  const variance = ((n * m) / 12) * (total + 1 - ties / (total * (total - 1)))
  const p = variance === 0 ? 1 : outside((u - (n * m) / 2) / Math.sqrt(variance))
  return { superiority: u / (n * m), p }
}
