/** A set of recovery codes in the place of the one before. They are told once: only their hashes stay. */
import type { RecoveryCodeHash, SessionId, UserId } from '../domain/ids.ts'
import {
  formatRecoveryCode,
  hashRecoveryCode,
  type ProposedRecoveryCodes,
  parseRecoveryCode,
  recoveryCodeBytes,
  recoveryCodesPerSet,
} from '../domain/recovery-code.ts'

/** Whose they are, and the session that they are made in, which must not have been ended. */
export interface RecoveryCodeOwner {
  readonly userId: UserId
  readonly sessionId: SessionId
}

export interface MakeRecoveryCodesDeps {
  readonly recoveryCodes: {
    replace(
      owner: RecoveryCodeOwner,
      hashes: readonly RecoveryCodeHash[],
      at: Date,
      only: { readonly onlyIfNone: boolean; readonly replaces: Date | null | undefined },
    ): Promise<boolean>
  }
  readonly randomBytes: (size: number) => Uint8Array
  readonly now: () => Date
}

export const drawRecoveryCodes = (randomBytes: (size: number) => Uint8Array): readonly string[] =>
  Array.from({ length: recoveryCodesPerSet }, () => formatRecoveryCode(randomBytes(recoveryCodeBytes)))

const hashOf = (code: string): RecoveryCodeHash => hashRecoveryCode(parseRecoveryCode(code) ?? code)

/**
 * Makes none, and gives none, where there is no factor that they could stand in for, or another set has taken the place of the one
 * that `proposed` was for. @param onlyIfNone nor where some are left
 */
export const createMakeRecoveryCodes =
  ({ recoveryCodes, randomBytes, now }: MakeRecoveryCodesDeps, { onlyIfNone }: { onlyIfNone: boolean }) =>
  async (owner: RecoveryCodeOwner, proposed?: ProposedRecoveryCodes): Promise<readonly string[]> => {
    const codes = proposed?.codes ?? drawRecoveryCodes(randomBytes)
    const only = { onlyIfNone, replaces: proposed?.replaces }
    return (await recoveryCodes.replace(owner, codes.map(hashOf), now(), only)) ? codes : []
  }

export type MakeRecoveryCodes = ReturnType<typeof createMakeRecoveryCodes>
