/** Which kinds of imported hashes there are, and how many of each: they leave one by one as their owners sign in. */
import type { Pool } from 'pg'
import type { HashShare } from '../domain/stand-in.ts'

// More kinds than anybody comes with.
const mostKinds = 16

// The condition of the index: what is left of the imported ones is all that is read. A kind is a format with its
// parameters, which say what it costs. Counting all passwords is an estimate once it would take long.
const count = `
  WITH kinds AS (
    SELECT substring(password_hash from '^\\$2.\\$..|^\\$[a-z0-9-]+(?:\\$v=[0-9]+)?\\$[^$]+') AS kind,
           min(password_hash) AS sample, count(*)::float8 AS hashes
      FROM password_credentials
     WHERE password_hash NOT LIKE '$argon2id$v=19$m=12288,t=3,p=1$%'
     GROUP BY 1 ORDER BY 3 DESC LIMIT ${mostKinds}
  ), estimate AS (
    SELECT reltuples AS rows FROM pg_class WHERE oid = 'password_credentials'::regclass
  ), total AS (
    SELECT CASE WHEN rows < 100000 THEN (SELECT count(*) FROM password_credentials) ELSE rows END AS passwords
      FROM estimate
  )
  SELECT sample AS "passwordHash", hashes / greatest(passwords, (SELECT sum(hashes) FROM kinds)) AS share
    FROM kinds, total`

export const createImportedHashes = ({ pool }: { pool: Pool }) => ({
  countShares: async (): Promise<readonly HashShare[]> => (await pool.query<HashShare>(count)).rows,
})
