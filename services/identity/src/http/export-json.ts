/** What a user downloads about themselves, on the wire. */
import type { ExportedData } from '../usecases/export-data.ts'
import { userJson } from './answers.ts'

export const exportJson = ({ at, user, sessions, connectedApps, kept }: ExportedData) => ({
  exported_at: at.toISOString(),
  user: userJson(user),
  sessions: sessions.map(({ id, createdAt, lastAccessedAt, expiresAt, ipAddress, device }) => ({
    id,
    created_at: createdAt.toISOString(),
    last_accessed: lastAccessedAt.toISOString(),
    expires_at: expiresAt.toISOString(),
    ip_address: ipAddress,
    device,
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
