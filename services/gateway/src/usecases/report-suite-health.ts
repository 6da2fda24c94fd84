/** Asks every part how it is and says what that means for users. */
import type { HealthAnswer } from '@latchkey/runtime/grpc'
import {
  type Dependencies,
  type DependencyStatus,
  type SuiteStatus,
  suiteStatus,
  whatWorks,
} from '../domain/suite-health.ts'

type Service = 'identity' | 'token' | 'session' | 'notification'

export interface ReportSuiteHealthDeps {
  /** The health of a service as a whole (empty check), or of one of its checks. Never rejects. */
  askService: (service: Service, check: string) => Promise<HealthAnswer>
  pingRedis: () => Promise<unknown>
}

export interface SuiteHealth {
  status: SuiteStatus
  dependencies: Dependencies
  stillWorks: readonly string[]
}

/** A service that answers is itself well; that a store behind it is not shows under the store's own name. */
const serviceStatus = (answer: HealthAnswer): DependencyStatus =>
  answer === 'unavailable' ? 'unhealthy' : 'healthy'

const checkStatus = (answers: readonly HealthAnswer[]): DependencyStatus => {
  if (answers.includes('not_serving')) return 'unhealthy'
  return answers.includes('serving') ? 'healthy' : 'unknown'
}

const owners = ['identity', 'token', 'session', 'notification'] as const

export const createReportSuiteHealth =
  ({ askService, pingRedis }: ReportSuiteHealthDeps) =>
  async (): Promise<SuiteHealth> => {
    const [services, databases, queue, redis] = await Promise.all([
      Promise.all(owners.map(service => askService(service, ''))),
      Promise.all(owners.map(service => askService(service, 'database'))),
      askService('notification', 'queue'),
      pingRedis().then(
        (): DependencyStatus => 'healthy',
        (): DependencyStatus => 'unhealthy',
      ),
    ])
    const [
      identity = 'unavailable',
      token = 'unavailable',
      session = 'unavailable',
      notification = 'unavailable',
    ] = services
    const dependencies: Dependencies = {
      database: checkStatus(databases),
      redis,
      queue: checkStatus([queue]),
      identity: serviceStatus(identity),
      token: serviceStatus(token),
      session: serviceStatus(session),
      notification: serviceStatus(notification),
    }
    const status = suiteStatus(dependencies)
    return { status, dependencies, stillWorks: status === 'healthy' ? [] : whatWorks(dependencies) }
  }
