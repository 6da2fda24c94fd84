/**
 * Failed sign-ins by address, known or unknown alike. An attempt counts before the password is looked at, by one
 * conditional statement, so that twenty guesses at once count as twenty; it is given back when it turns out right.
 */
import type { Pool } from 'pg'
import {
  type AttemptBudget,
  type AttemptDecision,
  type LockoutPolicy,
  longestDelaySeconds,
  type Reservation,
} from '../domain/lockout.ts'

// Longer than a verification waits and takes. Past it, the process that reserved has died: the attempt stays counted.
const undecidedSeconds = 15

/** Begins the device of a budget of second factors. A password reset leaves those: it proves nothing of them. */
export const secondFactorPrefix = 'second_factor:'

/**
 * When the next attempt may come: at once, after a wait that doubles with each failure, or when the lock ends. The last
 * attempt was a lock's length before its end.
 */
const opensAt = `
  CASE WHEN a.failures >= $4 THEN a.expires_at
       WHEN a.failures >= $6::int THEN a.expires_at - make_interval(secs => $5)
         + make_interval(secs => least($7::float8 * 2 ^ least(a.failures - $6, 16), ${longestDelaySeconds}))
       ELSE '-infinity'::timestamptz END`

const reserve = `
  INSERT INTO login_attempts AS a (email_key, device_hash, failures, undecided, undecided_until, expires_at)
  VALUES ($1, $2, 1, 1, $3::timestamptz + make_interval(secs => $8), $3::timestamptz + make_interval(secs => $5))
  ON CONFLICT (email_key, device_hash) DO UPDATE SET
    failures = CASE WHEN a.expires_at <= $3 THEN 1 ELSE a.failures + 1 END,
    undecided = CASE WHEN a.expires_at <= $3 OR a.undecided_until <= $3 THEN 1 ELSE a.undecided + 1 END,
    undecided_until = excluded.undecided_until,
    expires_at = excluded.expires_at
  WHERE a.expires_at <= $3 OR ${opensAt} <= $3
  RETURNING failures`

const look = `
  SELECT a.undecided > 0 AND a.undecided_until > $3 AS "isUndecided", ${opensAt} AS "opensAt"
    FROM login_attempts a
   WHERE a.email_key = $1 AND a.device_hash = $2 AND a.expires_at > $3 AND ${opensAt} > $3`

// A right password clears what came before it, but not what others are trying in this very moment.
const decide: Readonly<Record<AttemptDecision, string>> = {
  right: 'failures = greatest(undecided - 1, 0), undecided = greatest(undecided - 1, 0)',
  wrong: 'undecided = greatest(undecided - 1, 0)',
  withdrawn: 'failures = greatest(failures - 1, 0), undecided = greatest(undecided - 1, 0)',
}

const keyOf = ({ emailKey, knownDevice, of }: AttemptBudget): [string, string] => [
  emailKey,
  `${of === 'second_factor' ? secondFactorPrefix : ''}${knownDevice ?? ''}`,
]

export const createLoginAttempts = ({ pool, policy }: { pool: Pool; policy: LockoutPolicy }) => {
  const { maxAttempts, lockoutSeconds, delay } = policy
  const { afterFailures, firstSeconds } = delay ?? { afterFailures: maxAttempts, firstSeconds: 0 }
  const limits = [maxAttempts, lockoutSeconds, afterFailures, firstSeconds]

  /** Undefined where there is room for another attempt. */
  const findRefusal = async (key: readonly unknown[]): Promise<Reservation | undefined> => {
    const { rows } = await pool.query<{ isUndecided: boolean; opensAt: Date }>({
      name: 'look-at-attempts',
      text: look,
      values: [...key],
    })
    const [row] = rows
    if (row === undefined) return undefined
    return row.isUndecided ? { outcome: 'busy' } : { outcome: 'locked', until: row.opensAt }
  }

  return {
    reserve: async (budget: AttemptBudget, at: Date): Promise<Reservation> => {
      const key = [...keyOf(budget), at, ...limits]
      // An UPSERT locks its row even where its condition refuses: whoever hammers a locked address only reads.
      const refusal = await findRefusal(key)
      if (refusal !== undefined) return refusal
      const reserved = await pool.query({
        name: 'reserve-attempt',
        text: reserve,
        values: [...key, undecidedSeconds],
      })
      if (reserved.rowCount === 1) return { outcome: 'reserved' }
      // None where the row was cleared in between: the next try will be reserved.
      return (await findRefusal(key)) ?? { outcome: 'busy' }
    },

    /** Gives the failures that count now, those still undecided included. */
    decide: async (budget: AttemptBudget, decision: AttemptDecision): Promise<number> => {
      const { rows } = await pool.query<{ failures: number }>({
        name: `decide-attempt-${decision}`,
        text: `UPDATE login_attempts SET ${decide[decision]} WHERE email_key = $1 AND device_hash = $2 RETURNING failures`,
        values: keyOf(budget),
      })
      return rows[0]?.failures ?? 0
    },
  }
}
