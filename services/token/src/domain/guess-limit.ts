/** How often somebody may guess wrong at something short, such as a user code. @see RFC 8628 §5.1 */

export interface GuessLimit {
  readonly maxFailures: number
  /** From the first failure. */
  readonly windowSeconds: number
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
