/** What a user downloads about themselves, on the wire. */
import type { ExportedData } from '../usecases/export-data.ts'
import { userJson } from './answers.ts'

export const exportJson = ({
  at,
  user,
  sessions,
  endedSessions,
  knownAddresses,
  connectedApps,
  kept,
}: ExportedData) => ({
  exported_at: at.toISOString(),
  user: userJson(user),
  sessions: sessions.map(({ id, createdAt, lastAccessedAt, expiresAt, ipAddress, device, review }) => ({
    id,
    created_at: createdAt.toISOString(),
    last_accessed: lastAccessedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    ip_address: ipAddress || null,
    device,
    // A member of those alone that are under review.
    ...(review !== undefined && {
      review: {
        reason: review.reason,
        flagged_at: review.flaggedAt?.toISOString() ?? null,
        until: review.until.toISOString(),
      },
    }),
  })),
  // How each ended: `unconfirmed` of those that nobody confirmed while they were under review.
  ended_sessions: endedSessions.map(({ sessionId, reason, originalIp, newIp, at: endedAt }) => ({
    id: sessionId,
    reason,
    original_ip: originalIp || null,
    new_ip: newIp || null,
    ended_at: endedAt.toISOString(),
  })),
  // Where an unusual address is measured against; those without `proven_at` are places that a session was merely seen at.
  known_addresses: knownAddresses.map(({ address, firstSeenAt, lastSeenAt, provenAt }) => ({
    ip_address: address,
    first_seen_at: firstSeenAt.toISOString(),
    last_seen_at: lastSeenAt.toISOString(),
    proven_at: provenAt?.toISOString() ?? null,
  })),
  connected_apps: connectedApps.map(({ clientId, name, connectedAt, permissions }) => ({
    client_id: clientId,
    name,
    connected_at: connectedAt.toISOString(),
    permissions,
  })),
  ...kept,
})

/** A file to keep, not a page to look at. */
export const exportHeaders = {
  'Cache-Control': 'no-store',
  'Content-Disposition': 'attachment; filename="account-data.json"',
} as const
