/**
 * What was revoked, told through Redis: markers that are read with every bearer and every refresh, and an epoch
 * that says whether they can be believed. The truth is the session service's Postgres (ADR 3).
 */
export { blacklistKey, epochKey, markerTtlSeconds, sessionEndedKey } from './keys.ts'
export {
  createRevocationCheck,
  type RevocationCheck,
  type RevocationCheckDeps,
  type SessionState,
  type Verdict,
} from './revocation-check.ts'
export { createRevocationMarkers, type EndedSession, type RevocationMarkers } from './revocation-markers.ts'
