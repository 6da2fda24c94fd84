/** POST /auth/refresh: every answer is a rotation that is on the disk. Each lane is a family of its own. */
import { measureHttpEcho } from '../floors/http-echo.ts'
import { measureUpdate } from '../floors/update.ts'
import { load } from '../load/load.ts'
import { registerUsers } from '../suite/users.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 32

export const refreshes: Scenario = {
  name: 'refreshes',
  what: 'refreshes with the rotation persisted',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway, database_url } = suite.info
    const users = await registerUsers(gateway, lanes)
    const measured = await load({
      origin: gateway,
      lanes: users.map(({ refreshToken }) => ({ kind: 'refresh', refreshToken })),
      servers: suite.servers,
    })
    const postgres = suite.servers.find(({ name }) => name === 'postgres')
    const body = { refresh_token: 'lkr_0123456789012345678901234567890123456789012' }
    const echo = await measureHttpEcho(users.map(() => ({ kind: 'post', path: '/auth/refresh', body })))
    // A Postgres that was given to the suite runs elsewhere: its clock can not be read.
    const update = postgres === undefined ? [] : [await measureUpdate(database_url, postgres)]
    return operations({ scenario: 'refreshes', measured, floors: [echo, ...update], goal: 1_500 })
  },
}
