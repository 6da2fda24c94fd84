/** One look at a code that stands for a second factor; a right one is used up by the look. */
import type { RecoveryCodeHash, UserId } from '../domain/ids.ts'
import { hashRecoveryCode, parseRecoveryCode } from '../domain/recovery-code.ts'
import { findTotpStep, parseTotpCode } from '../domain/totp.ts'
import type { TotpFactor } from '../domain/totp-factor.ts'
import type { ProveSecondFactor } from './complete-challenge.ts'

export interface ProveSecondFactorDeps {
  readonly totpFactors: {
    find(userId: UserId): Promise<TotpFactor | undefined>
    use(factor: TotpFactor, step: number, at: Date): Promise<boolean>
  }
  readonly recoveryCodes: {
    use(userId: UserId, hash: RecoveryCodeHash, at: Date): Promise<boolean>
  }
  readonly now: () => Date
}

/** What a code can be of. Which one it is, its shape tells. */
export type CodeMethod = 'totp' | 'recovery_code'

export const codeMethodOf = (code: string): CodeMethod =>
  parseRecoveryCode(code) === undefined ? 'totp' : 'recovery_code'

export const createProveSecondFactor = ({ totpFactors, recoveryCodes, now }: ProveSecondFactorDeps) => {
  const otp = { methods: ['otp'] } as const

  const proveTotp =
    (text: string): ProveSecondFactor =>
    async ({ user }) => {
      const code = parseTotpCode(text)
      const factor = code === undefined ? undefined : await totpFactors.find(user.id)
      if (factor === undefined || code === undefined) return undefined
      const step = findTotpStep(factor.secret, code, now())
      return step !== undefined && (await totpFactors.use(factor, step, now())) ? otp : undefined
    }

  const proveRecoveryCode =
    (text: string): ProveSecondFactor =>
    async ({ user }) => {
      const code = parseRecoveryCode(text)
      if (code === undefined) return undefined
      return (await recoveryCodes.use(user.id, hashRecoveryCode(code), now())) ? otp : undefined
    }

  return (method: CodeMethod, code: string): ProveSecondFactor =>
    method === 'totp' ? proveTotp(code) : proveRecoveryCode(code)
}

export type ProveCode = ReturnType<typeof createProveSecondFactor>
