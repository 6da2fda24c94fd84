/**
 * Recovery codes that a page shows and that count once its form comes back: until then nothing is stored, and the ones from
 * before go on. What the form carries is sealed, for one user, a while, and the set that was there then: codes that others
 * have taken the place of don't come back by a form that was left open.
 */
import type { Sealer } from '@latchkey/runtime/crypto'
import { z } from 'zod'
import type { UserId } from '../domain/ids.ts'
import type { ProposedRecoveryCodes } from '../domain/recovery-code.ts'
import { drawRecoveryCodes } from './make-recovery-codes.ts'

export interface ProposeRecoveryCodesDeps {
  readonly recoveryCodes: { count(userId: UserId): Promise<{ readonly createdAt: Date } | undefined> }
  readonly sealer: Sealer
  readonly randomBytes: (size: number) => Uint8Array
  readonly now: () => Date
}

export interface RecoveryCodeProposal extends ProposedRecoveryCodes {
  /** For a hidden field. */
  readonly sealed: string
}

// As long as anybody takes to write them down.
const goodForMs = 3_600_000

const content = z.object({
  codes: z.array(z.string()),
  replaces: z.coerce.date().nullable(),
  until: z.int(),
})

const nameOf = (userId: UserId) => `recovery codes ${userId}`

export const createProposeRecoveryCodes = (deps: ProposeRecoveryCodesDeps) => {
  const { recoveryCodes, sealer, randomBytes, now } = deps

  return {
    propose: async (userId: UserId): Promise<RecoveryCodeProposal> => {
      const codes = drawRecoveryCodes(randomBytes)
      const replaces = (await recoveryCodes.count(userId))?.createdAt ?? null
      const text = JSON.stringify({ codes, replaces, until: now().getTime() + goodForMs })
      const { sealed, sealingKeyId } = sealer.seal(nameOf(userId), Buffer.from(text))
      return { codes, replaces, sealed: `${sealingKeyId}.${Buffer.from(sealed).toString('base64url')}` }
    },

    /** Undefined for what was not proposed to this user, or too long ago. */
    open: (userId: UserId, text: string): RecoveryCodeProposal | undefined => {
      const [sealingKeyId = '', sealed = ''] = text.split('.')
      try {
        const opened = sealer.open(nameOf(userId), { sealingKeyId, sealed: Buffer.from(sealed, 'base64url') })
        const { until, ...proposed } = content.parse(JSON.parse(opened.toString('utf8')))
        return until > now().getTime() ? { ...proposed, sealed: text } : undefined
      } catch {
        return undefined
      }
    },
  }
}

export type ProposeRecoveryCodes = ReturnType<typeof createProposeRecoveryCodes>
