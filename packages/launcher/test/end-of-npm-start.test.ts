/** SPEC §2.5: nothing is left of the suite after its end, and all of its data; and what the next start brings. */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, it } from '@jest/globals'
import type { StackInfo } from '@latchkey/launcher/stack'
import { eventually } from '@latchkey/testkit'
import { isAlive, type Launched, launch, launchSuite, temporaryFolder } from './npm-start.ts'

const allPids = ({ pids }: StackInfo): number[] => Object.values(pids)

describe('the end of npm start, and the next', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let launched: Launched
  beforeAll(async () => {
    folder = await temporaryFolder()
  })
  afterEach(async () => {
    launched.kill('SIGINT')
    await launched.exit
  })
  afterAll(() => folder.remove())

  const start = async (args: readonly string[] = [], env: Record<string, string> = {}) => {
    const suite = await launchSuite(folder.path, env, args)
    launched = suite.launched
    return suite
  }

  const signIn = ({ gateway }: StackInfo, { email, password }: StackInfo['demo']['user']) =>
    fetch(`${gateway}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ email, password }),
    })

  it('Ctrl-C stops every process and exits with 0', async () => {
    const { stack } = await start()
    launched.kill('SIGINT')
    expect(await launched.exit).toBe(0)
    expect(allPids(stack).filter(isAlive)).toEqual([])
    expect(existsSync(join(folder.path, 'stack.json'))).toBe(false)
  })

  it('kill -9 of the launcher ends the services, and the next start takes over its stores with their data', async () => {
    const { stack: killed } = await start()
    launched.kill('SIGKILL')
    await launched.exit
    const { postgres, redis, ...services } = killed.pids
    await eventually(() => expect(Object.values(services).filter(isAlive)).toEqual([]), { timeoutMs: 30_000 })

    const { stack } = await start()
    expect([postgres, redis].filter(pid => pid !== undefined && isAlive(pid))).toEqual([])
    expect((await signIn(stack, killed.demo.user)).status).toBe(200)
  })

  it('--fresh forgets what was kept', async () => {
    const { stack: before } = await start()
    launched.kill('SIGTERM')
    await launched.exit
    const { stack: after } = await start(['--fresh'])
    expect(after.demo.user.password).not.toBe(before.demo.user.password)
  })

  it('has its users whatever registration asks of others', async () => {
    const { stack } = await start(['--fresh'], {
      REGISTRATION_PRIVACY: 'strict',
      REQUIRE_EMAIL_VERIFICATION: 'true',
      PASSWORD_POLICY: 'nist',
    })
    const answers = await Promise.all([signIn(stack, stack.demo.user), signIn(stack, stack.admin)])
    expect(answers.map(({ status }) => status)).toEqual([200, 200])
  })

  it('reports every wrong setting of the launcher at once, and exits with 78', async () => {
    launched = launch(folder.path, { PORT: 'x', DATABASE_URL: 'mysql://nobody' })
    expect(await launched.exit).toBe(78)
    expect(launched.screen()).toMatch(/^PORT: /m)
    expect(launched.screen()).toMatch(/^DATABASE_URL: /m)
    expect(launched.screen()).not.toContain('nobody')
  })

  it('reports those of all services at once, too', async () => {
    const wrong = { MAX_LOGIN_ATTEMPTS: 'five', SESSION_TTL_SECONDS: '1h', MAIL_ATTEMPTS: '0' }
    launched = launch(folder.path, wrong)
    expect(await launched.exit).toBe(78)
    const told = launched.screen().split('\nlatchkey: ')[1] ?? ''
    for (const name of Object.keys(wrong)) expect(told).toContain(`${name}: must be`)
  })
})
