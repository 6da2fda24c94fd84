/** Why a session ended: stored, logged and published under these names, which all services share. */
export type { EndReasonName as EndReason } from '@latchkey/contracts'
