/** GET /auth/me: what gateway and identity spend on a request whose bearer they have seen before. */
import { measureHttpEcho } from '../floors/http-echo.ts'
import { load } from '../load/load.ts'
import { registerUsers } from '../suite/users.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 32

export const bearerChecks: Scenario = {
  name: 'bearer-checks',
  what: 'GET /auth/me: bearer, revocation, limit, one hop, one row',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const users = await registerUsers(gateway, lanes)
    const measured = await load({
      origin: gateway,
      lanes: users.map(({ accessToken }) => ({ kind: 'get', path: '/auth/me', accessToken })),
      servers: suite.servers,
    })
    const echo = await measureHttpEcho(users.map(() => ({ kind: 'get', path: '/' })))
    return operations({ scenario: 'bearer-checks', measured, floors: [echo] })
  },
}
