/** POST /auth/login: the hash, the session, the tokens. Each lane is a user who signs in on one device again and again. */
import { measureArgon2 } from '../floors/argon2.ts'
import { load } from '../load/load.ts'
import { registerUsers } from '../suite/users.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 8

export const passwordLogins: Scenario = {
  name: 'password-logins',
  what: 'sign-ins with a password',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const users = await registerUsers(gateway, lanes)
    const measured = await load({
      origin: gateway,
      lanes: users.map(({ email, password, cookie }) => ({
        kind: 'post',
        path: '/auth/login',
        body: { email, password },
        cookie,
      })),
      servers: suite.servers,
      // Each takes so long that V8 would otherwise still be compiling while it is measured.
      warmUp: 2_000,
    })
    return operations({ scenario: 'password-logins', measured, floors: [await measureArgon2()], goal: 75 })
  },
}
