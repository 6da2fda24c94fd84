/**
 * What a guess at an unknown address is verified against. Hashes that were imported take longer or shorter than ours, so
 * that the time of an answer would tell who was imported: as many of the unknown addresses, always the same ones, are
 * verified against such a hash as there are among the known.
 */

/** One kind of imported hash. */
export interface HashShare {
  /** One of them, whose cost stands for all of its kind. */
  readonly passwordHash: string
  /** Of all passwords, from 0 to 1. */
  readonly share: number
}

/** @param point of an address, evenly spread from 0 to 1. Undefined for the share of our own hashes */
export const chooseStandIn = (point: number, shares: readonly HashShare[]): string | undefined => {
  let end = 0
  for (const { passwordHash, share } of shares) {
    end += share
    if (point < end) return passwordHash
  }
  return undefined
}
