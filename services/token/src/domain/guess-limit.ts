/** How often somebody may guess wrong at something short, such as a user code. @see RFC 8628 §5.1 */
import { subscriberOf } from '@latchkey/runtime/networks'

/** Somebody who may be behind a guess: an address, a browser, an account. */
export interface Guesser {
  readonly name: string
  /** Within the window that the first failure opens. */
  readonly maxFailures: number
}

export type GuessDecision =
  /** Counted already; `giveBack` takes that back where the guess was right. */
  | { readonly outcome: 'allowed'; readonly giveBack: () => Promise<void> }
  | { readonly outcome: 'refused'; readonly retryAfterSeconds: number }

/** Whoever may be behind a guess; an address is shared by more people than a browser is, and may fail twice as often. */
export const guessersOf = (
  { ipAddress, browser, user }: { ipAddress: string; browser: string; user: string | undefined },
  maxFailures: number,
): readonly Guesser[] => [
  { name: `address:${subscriberOf(ipAddress)}`, maxFailures: 2 * maxFailures },
  { name: `browser:${browser}`, maxFailures },
  ...(user === undefined ? [] : [{ name: `user:${user}`, maxFailures }]),
]
