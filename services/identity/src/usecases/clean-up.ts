/** Removes what is past its time, in small batches, and tells how far behind it is. */
import { inBatches, type ReportCleanupLag } from '@latchkey/runtime/schedule'

const retained = [
  'password_resets',
  'not_me_links',
  'login_attempts',
  'known_devices',
  'authentications',
  'passkey_ceremonies',
  'sign_in_challenges',
  'remembered_devices',
  'totp_factors',
  'email_proofs',
  'email_changes',
  'asked_mails',
  'social_journeys',
  'social_sign_ups',
  'organization_invitations',
] as const

export type Retained = (typeof retained)[number]

export interface CleanUpDeps {
  readonly retention: {
    deleteBatch(what: Retained, before: Date, batchSize: number): Promise<number>
    findOldest(what: Retained): Promise<Date | undefined>
  }
  /** For how long each of them is kept after the instant that decides about it. */
  readonly keepSeconds: Readonly<Record<Retained, number>>
  readonly reportLag: ReportCleanupLag
  readonly now: () => Date
  readonly batchSize?: number
}

/** Works until nothing is left or `signal` aborts. @throws what Postgres failed with */
export const createCleanUp = (deps: CleanUpDeps) => {
  const { retention, keepSeconds, reportLag, now, batchSize = 500 } = deps

  const cleanUp = async (what: Retained, signal: AbortSignal): Promise<void> => {
    const keepMs = keepSeconds[what] * 1_000
    const dueBefore = () => new Date(now().getTime() - keepMs)
    await inBatches({ batchSize, signal }, limit => retention.deleteBatch(what, dueBefore(), limit))
    const oldest = await retention.findOldest(what)
    reportLag(what, oldest === undefined ? undefined : new Date(oldest.getTime() + keepMs), now())
  }

  return async (signal: AbortSignal): Promise<void> => {
    for (const what of retained) await cleanUp(what, signal)
  }
}
