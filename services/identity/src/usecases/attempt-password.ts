/**
 * One look at a password, counted. Whoever asks for a password goes through here: sign-in, password change, account
 * deletion. The attempt is reserved first and the password is looked at only then, so parallel guesses can't outrun
 * the count; an unknown account costs the same work as a known one.
 */
import { setTimeout as delay } from 'node:timers/promises'
import type { EmailKey } from '../domain/email-address.ts'
import type { AttemptBudget, AttemptDecision, Reservation } from '../domain/lockout.ts'
import type { RawPassword } from '../domain/password-text.ts'
import { createTurnstile } from '../domain/turnstile.ts'
import { Overloaded } from '../errors.ts'

export interface AttemptPasswordDeps {
  readonly attempts: {
    reserve(budget: AttemptBudget, at: Date): Promise<Reservation>
    /** Gives the failures that count now. */
    decide(budget: AttemptBudget, decision: AttemptDecision): Promise<number>
  }
  readonly hasher: {
    verify(passwordHash: string, password: RawPassword): Promise<boolean>
    verifyStandIn(password: RawPassword): Promise<false>
  }
  /** Failures that lock. */
  readonly maxAttempts: number
  /** For operators to look at; may be lost. */
  readonly showFailures: (emailKey: EmailKey, failures: number) => void
  readonly now: () => Date
}

export interface PasswordAttempt {
  readonly budget: AttemptBudget
  /** Undefined for an address without an account. */
  readonly passwordHash: string | undefined
  readonly password: RawPassword
}

export type AttemptOutcome =
  | { readonly outcome: 'right' }
  | { readonly outcome: 'wrong' }
  | { readonly outcome: 'locked'; readonly retryAfterSeconds: number }

const pauseMs = 50
// As many as the hashing queue holds are decided in less.
const longestWaitMs = 5_000

export const createAttemptPassword = (deps: AttemptPasswordDeps) => {
  const { attempts, hasher, showFailures, maxAttempts, now } = deps
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

  const verify = async ({ budget, passwordHash, password }: PasswordAttempt): Promise<boolean> => {
    try {
      return await (passwordHash === undefined
        ? hasher.verifyStandIn(password)
        : hasher.verify(passwordHash, password))
    } catch (error) {
      // Not looked at, so not failed. If this fails too, the attempt stays counted.
      await attempts.decide(budget, 'withdrawn').catch(() => undefined)
      throw error
    }
  }

  const attemptOnce = async (attempt: PasswordAttempt, giveUpMs: number): Promise<AttemptOutcome> => {
    const { budget } = attempt
    const reservation = await reserve(budget, giveUpMs)
    if (reservation.outcome === 'locked') {
      const leftMs = reservation.until.getTime() - now().getTime()
      return { outcome: 'locked', retryAfterSeconds: Math.max(1, Math.ceil(leftMs / 1_000)) }
    }
    const outcome = (await verify(attempt)) ? 'right' : 'wrong'
    const failures = await attempts.decide(budget, outcome)
    if (budget.knownDevice === undefined) showFailures(budget.emailKey, failures)
    return { outcome }
  }

  /** @throws Overloaded */
  return (attempt: PasswordAttempt): Promise<AttemptOutcome> => {
    const { emailKey, knownDevice = '' } = attempt.budget
    const giveUpMs = performance.now() + longestWaitMs
    return turnstile.pass(`${emailKey} ${knownDevice}`, () => attemptOnce(attempt, giveUpMs))
  }
}

export type AttemptPassword = ReturnType<typeof createAttemptPassword>
