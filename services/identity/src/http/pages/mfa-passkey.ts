/** The other form of `/mfa`: a passkey that follows on the first factor. */
import { type Route, readForm } from '@latchkey/runtime/http'
import type { Html, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { UserId } from '../../domain/ids.ts'
import type { Passkey } from '../../domain/passkey.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { AskForPasskey } from '../../usecases/ask-for-passkey.ts'
import type { CompleteChallenge } from '../../usecases/complete-challenge.ts'
import type { FindChallenge } from '../../usecases/find-challenge.ts'
import type { ProvePasskeyAsSecondFactor } from '../../usecases/prove-passkey-as-second-factor.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { concludeSecondFactor } from './conclude-second-factor.ts'
import { type Entrance, entranceFields, type Visit } from './entrance.ts'
import { formCheck, formHandle } from './form-fields.ts'
import { assertionField, passkeyForm } from './passkey-form.ts'

export interface MfaPasskeyFormDeps {
  readonly ui: Ui
  readonly ownPasskeys: { list(userId: UserId): Promise<readonly Passkey[]> }
}

/** Undefined for who has no passkey. */
export const createMfaPasskeyForm =
  ({ ui, ownPasskeys }: MfaPasskeyFormDeps) =>
  async (
    { words, hidden }: Visit,
    { challenge, userId, hasApp }: { challenge: string; userId: UserId; hasApp: boolean },
  ): Promise<Html | undefined> => {
    if ((await ownPasskeys.list(userId)).length === 0) return undefined
    return passkeyForm({
      action: ui.link('/mfa/passkey'),
      hidden: { ...hidden, challenge, remember_device: '' },
      words,
      kind: 'get',
      label: words.passkeys.second,
      primary: !hasApp,
    })
  }

export type MfaPasskeyForm = ReturnType<typeof createMfaPasskeyForm>

export interface MfaPasskeyPageDeps {
  readonly ui: Ui
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly findBrowserChallenge: FindChallenge
  readonly completeBrowserChallenge: CompleteChallenge<BrowserSession>
  readonly askForPasskey: AskForPasskey
  readonly provePasskeyAsSecondFactor: ProvePasskeyAsSecondFactor
}

const fields = z.object({
  ...entranceFields,
  challenge: formHandle(),
  credential: assertionField,
  remember_device: formCheck(),
})

export const createMfaPasskeyPage = (deps: MfaPasskeyPageDeps): readonly Route[] => {
  const { ui, entrance } = deps
  return [
    {
      method: 'POST',
      path: '/mfa/passkey',
      handler: async (req, res) => {
        const { csrf, flow, challenge, credential, remember_device } = await readForm(req, fields)
        // Both forms of the page are of one purpose.
        const visit = await entrance.receive(req, '/mfa', { csrf, flow })
        const device = deps.readBrowserDevice(req)
        const found = await deps.findBrowserChallenge(challenge, device.origin.device, 'verify')
        if (found === undefined) return res.redirect(303, entrance.loginLink(visit))
        const { hash, account } = found
        if (credential === undefined) {
          const question = { purpose: 'second_factor', userId: account.user.id, boundTo: hash } as const
          return void res.json(await deps.askForPasskey(question))
        }
        const again = () =>
          res.redirect(303, ui.link('/mfa', { challenge, flow: visit.handle, passkey: 'refused' }))
        if (credential === 'invalid') return again()
        const outcome = await deps.completeBrowserChallenge({
          rawChallenge: challenge,
          origin: device.origin,
          rememberDevice: remember_device,
          prove: deps.provePasskeyAsSecondFactor(credential, hash),
        })
        if (outcome.outcome === 'wrong' || outcome.outcome === 'locked') return again()
        concludeSecondFactor(entrance, { res, visit, device }, outcome)
      },
    },
  ]
}
