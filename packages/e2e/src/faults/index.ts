/** Faults, load, and the promises that must outlive both. */
export { findBrokenPromises } from './broken-promises.ts'
export { type Cast, type Tried, triedNames, tryEverything } from './capabilities.ts'
export { type Answer, type Client, createClient, isFailure, textOf } from './client.ts'
export type { FailureKind, FailureLog } from './failure-log.ts'
export { isGroupAlive, type Launched, launch } from './launcher.ts'
export type { Account, Ledger, TokenPair } from './ledger.ts'
export { type Load, startLoad } from './load.ts'
export { type MailServer, startMailServer, type Verdict } from './mail-server.ts'
export { countResetMails } from './mails.ts'
export {
  askForReset,
  expectStatus,
  type Person,
  register,
  signOut,
  useAccess,
  useRefresh,
} from './people.ts'
export { readCount } from './replica-metrics.ts'
export { type SuiteUnderFaults, startSuite } from './suite-under-faults.ts'
