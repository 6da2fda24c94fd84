/** People with a second factor, and the app that shows its codes: an independent implementation. */
import { Secret, TOTP } from 'otpauth'
import type { Answer, IdentityUnderTest } from './identity-under-test.ts'

export interface Clock {
  readonly now: () => Date
  readonly advance: (ms: number) => void
}

const stepMs = 30_000

export const anApp = (secret: string, clock: Clock) => {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  return {
    codeNow: (steps = 0) => totp.generate({ timestamp: clock.now().getTime() + steps * stepMs }),
    /** One that no code before has used up. */
    nextCode: () => {
      clock.advance(stepMs)
      return totp.generate({ timestamp: clock.now().getTime() })
    },
    wrongCode: () => {
      const near = [-1, 0, 1].map(step => totp.generate({ timestamp: clock.now().getTime() + step * stepMs }))
      return ['000000', '111111', '222222', '333333'].find(code => !near.includes(code)) ?? ''
    },
  }
}

export type App = ReturnType<typeof anApp>

/** An app set up by who has just registered, or signed in. */
export const enrol = async (identity: IdentityUnderTest, bearer: string, clock: Clock) => {
  const begun = await identity.call('POST', '/auth/mfa/totp', { bearer })
  if (begun.status !== 200) throw new Error(`enrolment answered ${begun.status}: ${begun.text}`)
  const app = anApp(String(begun.body.secret), clock)
  const code = app.codeNow()
  const confirmed = await identity.call('POST', '/auth/mfa/totp/confirm', { bearer, body: { code } })
  if (confirmed.status !== 200)
    throw new Error(`confirmation answered ${confirmed.status}: ${confirmed.text}`)
  return { app, begun, confirmed, recoveryCodes: (confirmed.body.recovery_codes ?? []) as string[] }
}

export const withTotp = async (identity: IdentityUnderTest, clock: Clock) => {
  const person = await identity.register()
  return { ...person, ...(await enrol(identity, person.bearer, clock)) }
}

/** The token of a sign-in that waits for its second factor. */
export const challengeOf = ({ status, body, text }: Answer): string => {
  if (status !== 401 || body.code !== 'MFA_REQUIRED') throw new Error(`no challenge but ${status}: ${text}`)
  return String(body.mfa_token)
}
