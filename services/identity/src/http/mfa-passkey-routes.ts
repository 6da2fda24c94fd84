/** The second half of a sign-in at the API, with a passkey. `mfa_token` stands for the first factor, as at `/auth/mfa/verify`. */
import { type Route, readJson } from '@latchkey/runtime/http'
import type { TokenSet } from '../domain/sign-in.ts'
import { hashChallenge } from '../domain/sign-in-challenge.ts'
import type { AskForPasskey } from '../usecases/ask-for-passkey.ts'
import type { CompleteChallenge } from '../usecases/complete-challenge.ts'
import type { FindChallenge } from '../usecases/find-challenge.ts'
import type { ProvePasskeyAsSecondFactor } from '../usecases/prove-passkey-as-second-factor.ts'
import type { ReadDevice } from './device.ts'
import { sendChallengeOutcome } from './mfa-verify-routes.ts'
import { passkeySchemas } from './passkey-schemas.ts'
import { refusals } from './refusals.ts'

export interface MfaPasskeyDeps {
  readonly readDevice: ReadDevice
  readonly findApiChallenge: FindChallenge
  readonly completeApiChallenge: CompleteChallenge<TokenSet>
  readonly askForPasskey: AskForPasskey
  readonly provePasskeyAsSecondFactor: ProvePasskeyAsSecondFactor
}

const path = '/auth/mfa/passkeys/verify'

export const createMfaPasskeyRoutes = (deps: MfaPasskeyDeps): readonly Route[] => [
  {
    method: 'POST',
    path: `${path}/options`,
    handler: async (req, res) => {
      const { mfa_token } = await readJson(req, passkeySchemas.askSecondFactor)
      const found = await deps.findApiChallenge(mfa_token, deps.readDevice(req).origin.device, 'verify')
      if (found === undefined) throw refusals.invalid_challenge()
      const { hash, account } = found
      const question = { purpose: 'second_factor', userId: account.user.id, boundTo: hash } as const
      res.json(await deps.askForPasskey(question))
    },
  },
  {
    method: 'POST',
    path,
    handler: async (req, res) => {
      const { mfa_token, credential, remember_device } = await readJson(req, passkeySchemas.proveSecondFactor)
      const device = deps.readDevice(req)
      const outcome = await deps.completeApiChallenge({
        rawChallenge: mfa_token,
        origin: device.origin,
        rememberDevice: remember_device,
        prove: deps.provePasskeyAsSecondFactor(credential, hashChallenge(mfa_token)),
      })
      if (outcome.outcome === 'wrong') throw refusals.passkey_refused(401)
      sendChallengeOutcome(res, outcome, device)
    },
  },
]
