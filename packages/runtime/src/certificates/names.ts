/**
 * The names under which processes know each other: `spiffe://latchkey/<name>` in a certificate.
 * A name is a role, not a host: all replicas of a service share one.
 */
/** Every process of the suite that holds a certificate. */
export const processNames = [
  'gateway',
  'identity',
  'token',
  'session',
  'notification',
  'notification-worker',
  'cli',
] as const

export type ProcessName = (typeof processNames)[number]

const namePattern = /^[a-z][a-z0-9-]{0,62}$/

/**
 * The URI that a certificate of this process carries.
 * @throws TypeError for a name that is not a lower-case DNS label
 * @see SPIFFE-ID §2.2
 */
export const spiffeUri = (name: string): string => {
  if (!namePattern.test(name)) throw new TypeError(`not a process name: ${JSON.stringify(name)}`)
  return `spiffe://latchkey/${name}`
}
