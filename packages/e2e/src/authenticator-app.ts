/** An authenticator app, by an independent implementation. @see RFC 6238 */
import { setTimeout as delay } from 'node:timers/promises'
import { Secret, TOTP } from 'otpauth'

export const createAuthenticatorApp = (secret: string) => {
  const totp = new TOTP({ secret: Secret.fromBase32(secret) })
  const used = new Set<string>()

  /** The present code, or the next one early: a code of the step after is taken too. */
  const codesOfNow = () => [0, 1].map(step => totp.generate({ timestamp: Date.now() + step * 30_000 }))

  return {
    /** One that was not given before: no code works twice. Waits for the next step where both are used. */
    freshCode: async (): Promise<string> => {
      for (;;) {
        const code = codesOfNow().find(each => !used.has(each))
        if (code !== undefined) {
          used.add(code)
          return code
        }
        await delay(500)
      }
    },
  }
}

export type AuthenticatorApp = ReturnType<typeof createAuthenticatorApp>
