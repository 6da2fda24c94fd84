/**
 * One look at something that can be guessed, counted: passwords, codes of apps, recovery codes, codes from mails. Whoever
 * asks for one goes through here. The attempt is reserved first and the secret is looked at only then, so parallel
 * guesses can't outrun the count. All that proves a first factor shares one count of the account, second factors another.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { EmailKey } from '../domain/email-address.ts'
import type { AttemptBudget, AttemptDecision, Reservation } from '../domain/lockout.ts'
import { createTurnstile } from '../domain/turnstile.ts'
import { Overloaded } from '../errors.ts'

export interface AttemptSecretDeps {
  readonly attempts: {
    reserve(budget: AttemptBudget, at: Date): Promise<Reservation>
    /** Gives the failures that count now. */
    decide(budget: AttemptBudget, decision: AttemptDecision): Promise<number>
  }
  /** Failures that lock. */
  readonly maxAttempts: number
  /** For operators to look at; may be lost. */
  readonly showFailures: (emailKey: EmailKey, failures: number) => void
  readonly now: () => Date
}

export interface SecretAttempt {
  readonly budget: AttemptBudget
  /** The look itself. What it throws is no failure of who asks: the attempt is given back. */
  readonly verify: () => Promise<boolean>
}

export type AttemptOutcome =
  | { readonly outcome: 'right' }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'locked'; readonly retryAfterSeconds: number }

const pauseMs = 50
// As many as the hashing queue holds are decided in less.
const longestWaitMs = 5_000

export const createAttemptSecret = (deps: AttemptSecretDeps) => {
  const { attempts, showFailures, maxAttempts, now } = deps
  // Five right sign-ins at once must not lock the sixth: it waits for them. Those of this process wait in line;
  // those of other replicas are only seen in the count.
  const turnstile = createTurnstile(maxAttempts)

  const reserve = async (budget: AttemptBudget, giveUpMs: number) => {
    while (performance.now() < giveUpMs) {
      const reservation = await attempts.reserve(budget, now())
      if (reservation.outcome !== 'busy') return reservation
      await delay(pauseMs * (1 + Math.random()))
    }
    throw new Overloaded('attempts_undecided')
  }

  const look = async ({ budget, verify }: SecretAttempt): Promise<boolean> => {
    try {
      return await verify()
    } catch (error) {
      // Not looked at, so not failed. If this fails too, the attempt stays counted.
      await attempts.decide(budget, 'withdrawn').catch(() => undefined)
      throw error
    }
  }

  const attemptOnce = async (attempt: SecretAttempt, giveUpMs: number): Promise<AttemptOutcome> => {
    const { budget } = attempt
    const reservation = await reserve(budget, giveUpMs)
    if (reservation.outcome === 'locked') {
      const leftMs = reservation.until.getTime() - now().getTime()
      return { outcome: 'locked', retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) }
    }
    const outcome = (await look(attempt)) ? 'right' : 'wrong'
    const failures = await attempts.decide(budget, outcome)
    if (budget.knownDevice === undefined && budget.of === undefined) showFailures(budget.emailKey, failures)
    return { outcome }
  }

  /** @throws Overloaded, and what `verify` threw */
  return (attempt: SecretAttempt): Promise<AttemptOutcome> => {
    const { emailKey, knownDevice = '', of = '' } = attempt.budget
    const giveUpMs = performance.now() + longestWaitMs
    return turnstile.pass(`${emailKey} ${knownDevice} ${of}`, () => attemptOnce(attempt, giveUpMs))
  }
}

export type AttemptSecret = ReturnType<typeof createAttemptSecret>
