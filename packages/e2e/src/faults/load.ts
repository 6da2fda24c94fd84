/** Users living one life after another, for as long as the load runs. */
import { type Client, createClient } from './client.ts'
import { createFailureLog, type FailureLog } from './failure-log.ts'
import { createLedger, type Ledger } from './ledger.ts'
import { liveOneLife } from './user-life.ts'

export interface Load {
  /** How many live at a time: each of them has an account, however slow the machine is. */
  readonly users: number
  readonly log: FailureLog
  readonly ledger: Ledger
  /** Lets every user finish the step in hand. */
  readonly stop: () => Promise<void>
}

export const startLoad = (gateway: string, users = 4): Load => {
  const log = createFailureLog()
  const ledger = createLedger()
  const client: Client = createClient(gateway, log.record)
  const stopping = new AbortController()
  const { signal } = stopping

  const liveOn = async (user: number): Promise<void> => {
    while (!signal.aborted) {
      await liveOneLife({ client, ledger, userAgent: `user ${user}`, signal })
    }
  }
  const lives = Array.from({ length: users }, (_, user) => liveOn(user))

  return {
    users,
    log,
    ledger,
    stop: async () => {
      stopping.abort()
      await Promise.all(lives)
      await client.close()
    },
  }
}
