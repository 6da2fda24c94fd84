/** A suite under measurement: `npm start` with limits that no load reaches, though they still count it. */
import { join } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import type { MeasuredProcess } from '../processes/read-cpu.ts'
import { npmStart, type RunningNpmStart } from './npm-start.ts'

const outOfReach = '1000000000'

const settings = {
  RATE_LIMIT_MAX_REQUESTS: outOfReach,
  RATE_LIMIT_LOGIN_MAX_REQUESTS: outOfReach,
  RATE_LIMIT_REGISTER_MAX_REQUESTS: outOfReach,
  RATE_LIMIT_REFRESH_MAX_REQUESTS: outOfReach,
  RATE_LIMIT_PASSWORD_RESET_MAX_REQUESTS: outOfReach,
  // The most that they take.
  MAILS_PER_ADDRESS_PER_HOUR: '1000000',
  MAILS_PER_NETWORK_PER_HOUR: '1000000',
  MAILS_PER_RECIPIENT_PER_HOUR: '1000000',
  MAILS_PER_SUBJECT_PER_HOUR: '1000000',
  PASSWORD_RESET_MAILS_PER_HOUR: '1000',
  MAX_LOGIN_ATTEMPTS: '100',
  LOGIN_DELAY_SECONDS: '0',
}

const startTimeoutMs = 120_000

export interface Suite extends RunningNpmStart {
  /** Every process that serves, the launcher too, which takes their logs. */
  readonly servers: readonly MeasuredProcess[]
}

export interface SuiteInit {
  readonly folder: string
  /** Settings besides, such as SMTP_URL. */
  readonly env?: Readonly<Record<string, string>>
}

export const startSuite = async ({ folder, env = {} }: SuiteInit): Promise<Suite> => {
  const running = await npmStart({
    checkout: root,
    dataDir: join(folder, 'data'),
    env: { ...process.env, ...settings, ...env },
    timeoutMs: startTimeoutMs,
  })
  const { pids, launcher_pid } = running.info
  return {
    ...running,
    servers: Object.entries({ ...pids, launcher: launcher_pid }).map(([name, pid]) => ({
      name,
      pid,
      withChildren: name === 'postgres',
    })),
  }
}
