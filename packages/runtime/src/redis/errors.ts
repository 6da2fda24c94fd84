/** Telling "Redis is away" from "Redis refused the command": the first has a fallback, the second is a bug. */

/** Whether a command failed because Redis was away, loading, full, slow, or a read-only replica. */
export const isRedisUnavailable = (error: unknown): boolean => {
  if (!(error instanceof Error)) return false
  const code: unknown = Reflect.get(error, 'code')
  if (typeof code === 'string' && networkCodes.has(code)) return true
  if (error.name === 'MaxRetriesPerRequestError' || error.name === 'AbortError') return true
  if (clientErrors.has(error.message)) return true
  return error.name === 'ReplyError' && serverStates.has(error.message.split(' ', 1)[0] ?? '')
}

const networkCodes: ReadonlySet<string> = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EPIPE',
  'ETIMEDOUT',
])

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
