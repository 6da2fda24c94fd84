/** A set of recovery codes in the place of the one before. They are told once: only their hashes stay. */
import type { RecoveryCodeHash, UserId } from '../domain/ids.ts'
import {
  formatRecoveryCode,
  hashRecoveryCode,
  parseRecoveryCode,
  recoveryCodeBytes,
  recoveryCodesPerSet,
} from '../domain/recovery-code.ts'

export interface MakeRecoveryCodesDeps {
  readonly recoveryCodes: {
    replace(
      userId: UserId,
      hashes: readonly RecoveryCodeHash[],
      at: Date,
      only: { readonly onlyIfNone: boolean },
    ): Promise<boolean>
  }
  readonly randomBytes: (size: number) => Uint8Array
  readonly now: () => Date
}

export const drawRecoveryCodes = (randomBytes: (size: number) => Uint8Array): readonly string[] =>
  Array.from({ length: recoveryCodesPerSet }, () => formatRecoveryCode(randomBytes(recoveryCodeBytes)))

const hashOf = (code: string): RecoveryCodeHash => hashRecoveryCode(parseRecoveryCode(code) ?? code)

/** @param onlyIfNone makes none, and gives none, where some are left */
export const createMakeRecoveryCodes =
  ({ recoveryCodes, randomBytes, now }: MakeRecoveryCodesDeps, { onlyIfNone }: { onlyIfNone: boolean }) =>
  async (
    userId: UserId,
    codes: readonly string[] = drawRecoveryCodes(randomBytes),
  ): Promise<readonly string[]> =>
    (await recoveryCodes.replace(userId, codes.map(hashOf), now(), { onlyIfNone })) ? codes : []

export type MakeRecoveryCodes = ReturnType<typeof createMakeRecoveryCodes>
