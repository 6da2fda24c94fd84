/** How long a mail waits for a mail server (or our database) that is away, which costs it no attempt. */

// Soon enough that a mail follows within half a minute of the server's return; late enough to spare it.
const maxMs = 30_000

/**
 * Milliseconds until the next try after `postponements` earlier ones: 1 s, 2 s, 4 s … 30 s, of which `chance`
 * (0 to 1) spreads the second half, so that a returning server is not met by all mails at once.
 */
export const postponementMs = (postponements: number, chance: number): number => {
  const ceiling = Math.min(1000 * 2 ** Math.min(postponements, 10), maxMs)
  return Math.round(ceiling / 2 + (ceiling / 2) * chance)
}
