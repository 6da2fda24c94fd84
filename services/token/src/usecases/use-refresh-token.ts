/**
 * The use of a refresh token of a known family, whoever's it is: it rotates, or stays and lives longer (ADR 6, ADR 9).
 * The statement in Postgres decides every race.
 */
import type { KeyObject } from 'node:crypto'
import { createUuid } from '@latchkey/runtime/ids'
import type { Logger } from '@latchkey/runtime/logger'
import { hashSecret } from '../domain/hash-secret.ts'
import type {
  KnownFamily,
  Prolongation,
  ProlongationInput,
  Rotation,
  RotationInput,
} from '../domain/refresh-family.ts'
import { deriveSuccessor, isSameHash } from '../domain/refresh-token.ts'

export interface UseRefreshTokenInput {
  readonly rawToken: string
  readonly family: KnownFamily
  /** The client's own; that of the settings where it has none. */
  readonly ttlSeconds?: number | undefined
}

export type RefreshTokenUse =
  | { readonly outcome: 'used'; readonly refreshToken: string; readonly refreshExpiresInSeconds: number }
  | { readonly outcome: 'refused' }
  /** This replica can't tell; the same token may work at another, or later. */
  | { readonly outcome: 'undecided' }

export interface UseRefreshTokenDeps {
  readonly families: {
    /** Uses a token, in one statement: of any number of parallel uses, one rotates it. */
    rotate(use: RotationInput): Promise<Rotation>
    prolong(use: ProlongationInput): Promise<Prolongation>
  }
  /** Counts how uses end. */
  readonly observeRotation: (outcome: Rotation['outcome'] | Prolongation['outcome']) => void
  /** Sends what the rotation left in the outbox. */
  readonly nudgeOutbox: () => void
  /** Successors are derived with the first; the others served before a change of the key encryption key. */
  readonly successorKeys: readonly [KeyObject, ...KeyObject[]]
  readonly randomBytes: (size: number) => Buffer
  readonly logger: Logger
}

export const createUseRefreshToken = (deps: UseRefreshTokenDeps) => {
  const { families, successorKeys, logger } = deps

  /** The successor that was derived with `nonce`; undefined where this replica lacks the key that derived it. */
  const findSuccessor = (rawToken: string, nonce: Uint8Array, successorHash: Uint8Array) =>
    successorKeys
      .map(key => deriveSuccessor(key, rawToken, nonce))
      .find(candidate => isSameHash(hashSecret(candidate), successorHash))

  const rotate = async ({ rawToken, family, ttlSeconds }: UseRefreshTokenInput): Promise<RefreshTokenUse> => {
    const nonce = deps.randomBytes(16)
    const refreshToken = deriveSuccessor(successorKeys[0], rawToken, nonce)
    const rotation = await families.rotate({
      tokenHash: hashSecret(rawToken),
      ttlSeconds,
      successorHash: hashSecret(refreshToken),
      nonce,
      messageId: createUuid(),
    })
    deps.observeRotation(rotation.outcome)
    if (rotation.outcome === 'rotated') {
      return { outcome: 'used', refreshToken, refreshExpiresInSeconds: rotation.refreshExpiresInSeconds }
    }
    if (rotation.outcome === 'grace') {
      const { refreshExpiresInSeconds } = rotation
      const same = findSuccessor(rawToken, rotation.nonce, rotation.successorHash)
      if (same !== undefined) return { outcome: 'used', refreshToken: same, refreshExpiresInSeconds }
      logger.error('KEY_ENCRYPTION_KEYS_OLD lacks the key with which another replica derived a refresh token')
      return { outcome: 'undecided' }
    }
    if (rotation.outcome === 'reused') {
      const { id, clientId, sessionId } = family.grant
      const about = { session_id: sessionId, client_id: clientId, grant_id: id }
      logger.warn(about, 'a refresh token was used again')
      deps.nudgeOutbox()
    }
    return { outcome: 'refused' }
  }

  const prolong = async ({ rawToken, ttlSeconds }: UseRefreshTokenInput): Promise<RefreshTokenUse> => {
    const prolongation = await families.prolong({ tokenHash: hashSecret(rawToken), ttlSeconds })
    deps.observeRotation(prolongation.outcome)
    if (prolongation.outcome !== 'prolonged') return { outcome: 'refused' }
    const { refreshExpiresInSeconds } = prolongation
    return { outcome: 'used', refreshToken: rawToken, refreshExpiresInSeconds }
  }

  return (input: UseRefreshTokenInput): Promise<RefreshTokenUse> =>
    input.family.rotates ? rotate(input) : prolong(input)
}

export type UseRefreshToken = ReturnType<typeof createUseRefreshToken>
