/**
 * Failed sign-ins by address, known or unknown alike. An attempt counts before the password is looked at, by one
 * conditional statement, so that twenty guesses at once count as twenty; it is given back when it turns out right.
 */
import type { Pool } from 'pg'
import type { AttemptBudget, AttemptDecision, LockoutPolicy, Reservation } from '../domain/lockout.ts'

// Longer than a verification waits and takes. Past it, the process that reserved has died: the attempt stays counted.
const undecidedSeconds = 15

/** Begins the device of a budget of second factors. A password reset leaves those: it proves nothing of them. */
export const secondFactorPrefix = 'second_factor:'

const reserve = `
  INSERT INTO login_attempts AS a (email_key, device_hash, failures, undecided, undecided_until, expires_at)
  VALUES ($1, $2, 1, 1, $3::timestamptz + make_interval(secs => $5), $3::timestamptz + make_interval(secs => $6))
  ON CONFLICT (email_key, device_hash) DO UPDATE SET
    failures = CASE WHEN a.expires_at <= $3 THEN 1 ELSE a.failures + 1 END,
    undecided = CASE WHEN a.expires_at <= $3 OR a.undecided_until <= $3 THEN 1 ELSE a.undecided + 1 END,
    undecided_until = excluded.undecided_until,
    expires_at = excluded.expires_at
  WHERE a.expires_at <= $3 OR a.failures < $4
  RETURNING failures`

const look = `
  SELECT undecided > 0 AND undecided_until > $3 AS "isUndecided", expires_at AS "expiresAt"
    FROM login_attempts WHERE email_key = $1 AND device_hash = $2 AND failures >= $4 AND expires_at > $3`

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
  /** Undefined where there is room for another attempt. */
  const findRefusal = async (key: readonly unknown[]): Promise<Reservation | undefined> => {
    const { rows } = await pool.query<{ isUndecided: boolean; expiresAt: Date }>({
      name: 'look-at-attempts',
      text: look,
      values: [...key],
    })
    const [row] = rows
    if (row === undefined) return undefined
    return row.isUndecided ? { outcome: 'busy' } : { outcome: 'locked', until: row.expiresAt }
  }

  return {
    reserve: async (budget: AttemptBudget, at: Date): Promise<Reservation> => {
      const key = [...keyOf(budget), at, policy.maxAttempts]
      // An UPSERT locks its row even where its condition refuses: whoever hammers a locked address only reads.
      const refusal = await findRefusal(key)
      if (refusal !== undefined) return refusal
      const reserved = await pool.query({
        name: 'reserve-attempt',
        text: reserve,
        values: [...key, undecidedSeconds, policy.lockoutSeconds],
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
