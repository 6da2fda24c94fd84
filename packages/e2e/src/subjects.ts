/** What identity tells the token service of users: by its outbox, and so some time after it has answered. */
import { eventually } from '@latchkey/testkit'
import { withPostgres } from './postgres.ts'

/** Waits until the token service knows of every change that identity has answered. */
export const subjectsTold = ({ database_url }: { readonly database_url: string }): Promise<void> =>
  withPostgres(database_url, client =>
    eventually(async () => {
      const { rows } = await client.query(
        `SELECT kind FROM latchkey_identity.outbox WHERE relayed_at IS NULL AND kind LIKE 'subject%'`,
      )
      if (rows.length > 0) throw new Error(`${rows.length} changes of subjects are still to be told`)
    }),
  )
