/** The old and the new address say yes to a change, each by the link or the code of its mail, or the change is given up. */
import type { EmailChangeStep, OpenEmailChange } from '../domain/email-change.ts'
import {
  type HashCode,
  hashProofToken,
  type LiveProof,
  type LiveProofs,
  normalizeCode,
} from '../domain/email-proof.ts'
import type { DeviceHash, EmailProofId, UserId } from '../domain/ids.ts'
import type { Account } from '../domain/user.ts'
import type { AttemptOutcome, AttemptSecret } from './attempt-secret.ts'

export interface ConfirmEmailChangeDeps {
  readonly proofs: LiveProofs
  readonly changes: {
    findOpen(userId: UserId, at: Date): Promise<OpenEmailChange | undefined>
    confirm(proof: { readonly id: EmailProofId; readonly userId: UserId }, at: Date): Promise<EmailChangeStep>
    cancel(userId: UserId, at: Date): Promise<boolean>
  }
  readonly credentials: {
    findByUser(id: UserId, device: DeviceHash | undefined): Promise<Account | undefined>
  }
  readonly attemptSecret: AttemptSecret
  readonly hashCode: HashCode
  /** Waits a moment for what was told to other services to arrive. */
  readonly settle: () => Promise<void>
  readonly now: () => Date
}

export type EmailChangeOutcome =
  | { readonly outcome: EmailChangeStep }
  | Extract<AttemptOutcome, { outcome: 'locked' }>

const purposes = ['change_old', 'change_new'] as const

export const createConfirmEmailChange = (deps: ConfirmEmailChangeDeps) => {
  const { proofs, changes, credentials, attemptSecret, hashCode, settle, now } = deps

  const confirm = async (proof: LiveProof | undefined): Promise<EmailChangeStep> => {
    if (proof?.userId === undefined) return 'invalid'
    const step = await changes.confirm({ id: proof.id, userId: proof.userId }, now())
    if (step === 'changed') await settle()
    return step
  }

  const findByToken = (rawToken: string) => proofs.findByToken(purposes, hashProofToken(rawToken), now())

  /** A code of either mail, typed by who asked for the change. */
  const findByCode = async (userId: UserId, oldKey: Account['user']['emailKey'], code: string) => {
    const open = await changes.findOpen(userId, now())
    if (open === undefined) return undefined
    const keys = { change_old: oldKey, change_new: open.emailKey } as const
    for (const purpose of purposes) {
      const emailKey = keys[purpose]
      const codeHash = hashCode(purpose, emailKey, normalizeCode(code))
      const found = await proofs.findByCode(
        { purposes: [purpose], emailKey, codeHash, request: undefined },
        now(),
      )
      if (found?.userId === userId) return found
    }
    return undefined
  }

  return {
    byLink: async (rawToken: string): Promise<EmailChangeOutcome> => ({
      outcome: await confirm(await findByToken(rawToken)),
    }),

    /** @throws Overloaded */
    byCode: async (input: {
      readonly userId: UserId
      readonly code: string
      readonly device: DeviceHash | undefined
    }): Promise<EmailChangeOutcome> => {
      const { userId, code, device } = input
      const account = await credentials.findByUser(userId, device)
      if (account === undefined) return { outcome: 'invalid' }
      const { user, deviceKnown } = account
      let step: EmailChangeStep = 'invalid'
      const attempt = await attemptSecret({
        budget: { emailKey: user.emailKey, knownDevice: deviceKnown ? device : undefined },
        verify: async () => {
          step = await confirm(await findByCode(userId, user.emailKey, code))
          return step !== 'invalid'
        },
      })
      return attempt.outcome === 'locked' ? attempt : { outcome: step }
    },

    /** The reader of either mail says no. False where the link is of no use any more. */
    refuse: async (rawToken: string): Promise<boolean> => {
      const proof = await findByToken(rawToken)
      return proof?.userId !== undefined && changes.cancel(proof.userId, now())
    },

    cancel: (userId: UserId): Promise<boolean> => changes.cancel(userId, now()),

    findOpen: (userId: UserId): Promise<OpenEmailChange | undefined> => changes.findOpen(userId, now()),
  }
}

export type ConfirmEmailChange = ReturnType<typeof createConfirmEmailChange>
