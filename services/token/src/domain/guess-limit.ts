/** How often somebody may guess wrong at something short, such as a user code. @see RFC 8628 §5.1 */

/** Somebody who may be behind a guess: an address, a browser, an account. */
export interface Guesser {
  readonly name: string
  /** Within the window that the first failure opens. */
  readonly maxFailures: number
}

export type GuessDecision =
  | { readonly outcome: 'allowed' }
  | { readonly outcome: 'refused'; readonly retryAfterSeconds: number }

/**
 * The part of an address that one subscriber controls: an IPv4 address, or an IPv6 /64, so that going through a home's
 * addresses gains nothing.
 */
export const subscriberOf = (address: string): string => {
  if (!address.includes(':')) return address
  const [head = '', tail = ''] = address.toLowerCase().split('::')
  const groupsOf = (text: string) => text.split(':').filter(group => group !== '')
  const [left, right] = [groupsOf(head), groupsOf(tail)]
  const zeros = Array.from({ length: Math.max(0, 8 - left.length - right.length) }, () => '0')
  const network = [...left, ...zeros, ...right]
    .slice(0, 4)
    .map(group => Number.parseInt(group, 16).toString(16))
  return `${network.join(':')}::/64`
}

/** Whoever may be behind a guess; an address is shared by more people than a browser is, and may fail twice as often. */
export const guessersOf = (
  { ipAddress, browser, user }: { ipAddress: string; browser: string; user: string | undefined },
  maxFailures: number,
): readonly Guesser[] => [
  { name: `address:${subscriberOf(ipAddress)}`, maxFailures: 2 * maxFailures },
  { name: `browser:${browser}`, maxFailures },
  ...(user === undefined ? [] : [{ name: `user:${user}`, maxFailures }]),
]
