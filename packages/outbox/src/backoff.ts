/** When a row is tried again whose relaying failed. */

// Soon enough after a short outage of the receiver, seldom enough for one that stays away.
const firstSeconds = 1
const longestSeconds = 60

/** How long to wait after the n-th failed attempt; half of it is random, so that what failed together spreads. */
export const backoffSeconds = (attempts: number, random: () => number = Math.random): number => {
  const ceiling = Math.min(longestSeconds, firstSeconds * 2 ** Math.min(attempts - 1, 10))
  return ceiling / 2 + (random() * ceiling) / 2
}
