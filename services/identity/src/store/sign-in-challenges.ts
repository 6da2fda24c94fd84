/** Sign-ins that wait for a second factor, by the hash of what names them. Each is completed once. */
import type { Pool } from 'pg'
import type { ChallengeHash } from '../domain/ids.ts'
import { challengeTries, type SignInChallenge } from '../domain/sign-in-challenge.ts'

const columns = `
  user_id AS "userId", audience, purpose, methods, device_hash AS device, remember_me AS "rememberMe",
  credential_version AS "credentialVersion"`

const isOpen = 'token_hash = $1 AND used_at IS NULL AND expires_at > $2'

export const createSignInChallenges = ({ pool }: { pool: Pool }) => ({
  begin: async (
    hash: ChallengeHash,
    challenge: SignInChallenge,
    { at, expiresAt }: { readonly at: Date; readonly expiresAt: Date },
  ): Promise<void> => {
    const { userId, audience, purpose, methods, device, rememberMe, credentialVersion } = challenge
    await pool.query({
      name: 'begin-challenge',
      text: `INSERT INTO sign_in_challenges (token_hash, user_id, audience, purpose, methods, device_hash, remember_me,
                                             credential_version, created_at, expires_at)
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`,
      values: [
        hash,
        userId,
        audience,
        purpose,
        methods,
        device,
        rememberMe,
        credentialVersion,
        at,
        expiresAt,
      ],
    })
  },

  /** Undefined where there is none, or it was completed or is over. */
  find: async (hash: ChallengeHash, at: Date): Promise<SignInChallenge | undefined> => {
    const { rows } = await pool.query<SignInChallenge>({
      name: 'find-challenge',
      text: `SELECT ${columns} FROM sign_in_challenges WHERE ${isOpen}`,
      values: [hash, at],
    })
    return rows[0]
  },

  /** Counts a look at a code before it is taken; false where the challenge allows no more. */
  countTry: async (hash: ChallengeHash, at: Date): Promise<boolean> => {
    const { rowCount } = await pool.query({
      name: 'count-challenge-try',
      text: `UPDATE sign_in_challenges SET tries = tries + 1 WHERE ${isOpen} AND tries < $3`,
      values: [hash, at, challengeTries],
    })
    return rowCount === 1
  },

  /** For the last time: of any number of parallel uses, one is true. */
  use: async (hash: ChallengeHash, at: Date): Promise<boolean> => {
    const { rowCount } = await pool.query({
      name: 'use-challenge',
      text: `UPDATE sign_in_challenges SET used_at = $2 WHERE ${isOpen}`,
      values: [hash, at],
    })
    return rowCount === 1
  },
})
