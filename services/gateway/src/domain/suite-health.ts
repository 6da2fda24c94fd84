/** What the state of the parts means for the users of the whole. */

const dependencyNames = [
  'database',
  'redis',
  'queue',
  'identity',
  'token',
  'session',
  'notification',
] as const
export type Dependency = (typeof dependencyNames)[number]
/** `unknown`: the service that would know does not answer. */
export type DependencyStatus = 'healthy' | 'unhealthy' | 'unknown'
export type Dependencies = Readonly<Record<Dependency, DependencyStatus>>
export type SuiteStatus = 'healthy' | 'degraded' | 'unhealthy'

/**
 * What each thing that users do needs, in the order in which health answers list them. Redis is nobody's
 * need: everything has a way without it (docs/operations.md). Mails that are accepted while a part is away are sent
 * when it is back, so asking for one needs no more than the outbox.
 */
const capabilities: Readonly<Record<string, readonly Dependency[]>> = {
  verify_access_tokens: [],
  register: ['database', 'identity', 'token', 'session'],
  login: ['database', 'identity', 'token', 'session'],
  refresh: ['database', 'token'],
  logout: ['database', 'session'],
  sessions: ['database', 'session'],
  profile: ['database', 'identity'],
  password_change: ['database', 'identity'],
  password_reset: ['database', 'identity'],
  email_verification: ['database', 'identity'],
  mail_delivery: ['database', 'queue', 'notification'],
}

/** The names of what works, given these dependencies. */
export const whatWorks = (dependencies: Dependencies): string[] =>
  Object.entries(capabilities)
    .filter(([, needs]) => needs.every(name => dependencies[name] === 'healthy'))
    .map(([capability]) => capability)

/** Unhealthy when nobody can sign in and no session can be kept; degraded when anything at all is amiss. */
export const suiteStatus = (dependencies: Dependencies): SuiteStatus => {
  if (dependencyNames.every(name => dependencies[name] === 'healthy')) return 'healthy'
  const works = whatWorks(dependencies)
  return works.includes('login') || works.includes('refresh') ? 'degraded' : 'unhealthy'
}
