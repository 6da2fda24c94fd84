/** Telling "Redis is away" from "Redis refused the command": the first has a fallback, the second is a bug. */
import { networkCodes } from '../outage/network-codes.ts'

/** Whether a command failed because Redis was away, loading, full, slow, or a read-only replica. */
export const isRedisUnavailable = (error: unknown): boolean => {
  if (typeof error !== 'object' || error === null) return false
  const { code, name, message } = error as Partial<Record<'code' | 'name' | 'message', unknown>>
  if (networkCodes.has(String(code))) return true
  if (name === 'MaxRetriesPerRequestError' || name === 'AbortError') return true
  if (clientErrors.has(String(message))) return true
  return name === 'ReplyError' && serverStates.has(String(message).split(' ', 1)[0] ?? '')
}

// ioredis gives these no code.
const clientErrors: ReadonlySet<string> = new Set([
  'Command timed out',
  'Blocking command timed out',
  'Connection is closed.',
  "Stream isn't writeable and enableOfflineQueue options is false",
  'connect ETIMEDOUT',
])

// The first word of Redis' own error replies.
const serverStates: ReadonlySet<string> = new Set([
  'LOADING',
  'OOM',
  'READONLY',
  'MASTERDOWN',
  'MISCONF',
  'CLUSTERDOWN',
  'TRYAGAIN',
  'BUSY',
  'NOREPLICAS',
])
