/**
 * Failed sign-ins by address, known or unknown alike. An attempt counts before the password is looked at, by one
 * conditional statement, so that twenty guesses at once count as twenty; it is given back when it turns out right.
 * Nobody waits for the disk for that: who is told of a failure waits for the failure's commit, and with it for all before it.
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

const unflushed = `SELECT set_config('synchronous_commit', 'off', true)`

// An UPSERT locks its row even where its condition refuses: whoever hammers a locked address only reads.
const reserve = `
  WITH unflushed AS MATERIALIZED (${unflushed}), refused AS MATERIALIZED (
    SELECT a.undecided > 0 AND a.undecided_until > $3 AS is_undecided, ${opensAt} AS opens_at
      FROM login_attempts a
     WHERE a.email_key = $1 AND a.device_hash = $2 AND a.expires_at > $3 AND ${opensAt} > $3
  ), reserved AS (
    INSERT INTO login_attempts AS a (email_key, device_hash, failures, undecided, undecided_until, expires_at)
    SELECT $1, $2, 1, 1, $3::timestamptz + make_interval(secs => $8), $3::timestamptz + make_interval(secs => $5)
      FROM unflushed WHERE NOT EXISTS (SELECT FROM refused)
    ON CONFLICT (email_key, device_hash) DO UPDATE SET
      failures = CASE WHEN a.expires_at <= $3 THEN 1 ELSE a.failures + 1 END,
      undecided = CASE WHEN a.expires_at <= $3 OR a.undecided_until <= $3 THEN 1 ELSE a.undecided + 1 END,
      undecided_until = excluded.undecided_until,
      expires_at = excluded.expires_at
    WHERE a.expires_at <= $3 OR ${opensAt} <= $3
    RETURNING true AS is_reserved
  )
  SELECT is_reserved AS "isReserved", false AS "isUndecided", NULL::timestamptz AS "opensAt" FROM reserved
   UNION ALL
  SELECT false, is_undecided, opens_at FROM refused`

interface ReservationRow {
  readonly isReserved: boolean
  readonly isUndecided: boolean
  readonly opensAt: Date | null
}

const toReservation = (row: ReservationRow | undefined): Reservation => {
  if (row?.isReserved === true) return { outcome: 'reserved' }
  // Without a row, others took the last free attempts while this statement waited for them.
  if (row === undefined || row.isUndecided || row.opensAt === null) return { outcome: 'busy' }
  return { outcome: 'locked', until: row.opensAt }
}

const decideSo = (changes: string, source: string): string =>
  `UPDATE login_attempts SET ${changes} ${source} WHERE email_key = $1 AND device_hash = $2 RETURNING failures`

// A right password clears what came before it, but not what others are trying in this very moment.
const decide: Readonly<Record<AttemptDecision, string>> = {
  right: decideSo(
    'failures = greatest(undecided - 1, 0), undecided = greatest(undecided - 1, 0)',
    `FROM (${unflushed}) AS unflushed`,
  ),
  wrong: decideSo('undecided = greatest(undecided - 1, 0)', ''),
  withdrawn: decideSo(
    'failures = greatest(failures - 1, 0), undecided = greatest(undecided - 1, 0)',
    `FROM (${unflushed}) AS unflushed`,
  ),
}

const keyOf = ({ emailKey, knownDevice, of }: AttemptBudget): [string, string] => [
  emailKey,
  `${of === 'second_factor' ? secondFactorPrefix : ''}${knownDevice ?? ''}`,
]

export const createLoginAttempts = ({ pool, policy }: { pool: Pool; policy: LockoutPolicy }) => {
  const { maxAttempts, lockoutSeconds, delay } = policy
  const { afterFailures, firstSeconds } = delay ?? { afterFailures: maxAttempts, firstSeconds: 0 }
  const limits = [maxAttempts, lockoutSeconds, afterFailures, firstSeconds]

  return {
    reserve: async (budget: AttemptBudget, at: Date): Promise<Reservation> => {
      const { rows } = await pool.query<ReservationRow>({
        name: 'reserve-attempt',
        text: reserve,
        values: [...keyOf(budget), at, ...limits, undecidedSeconds],
      })
      return toReservation(rows[0])
    },

    /** Gives the failures that count now, those still undecided included. */
    decide: async (budget: AttemptBudget, decision: AttemptDecision): Promise<number> => {
      const { rows } = await pool.query<{ failures: number }>({
        name: `decide-attempt-${decision}`,
        text: decide[decision],
        values: keyOf(budget),
      })
      return rows[0]?.failures ?? 0
    },
  }
}
