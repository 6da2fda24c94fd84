/** The other form of `/account/confirm`: a passkey says that it is still its owner. @see ASVS 7.5.1 */
import { type Route, requestIp } from '@latchkey/runtime/http'
import type { Html, Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { UserId } from '../../../domain/ids.ts'
import type { Passkey } from '../../../domain/passkey.ts'
import type { AskForPasskey } from '../../../usecases/ask-for-passkey.ts'
import type { ReauthenticateWithPasskey } from '../../../usecases/reauthenticate-with-passkey.ts'
import type { VouchForSession } from '../../../usecases/vouch-for-session.ts'
import { assertionField, passkeyForm } from '../passkey-form.ts'
import type { AccountArea, AccountPath, AccountVisit } from './area.ts'
import { confirmNext } from './query.ts'

export interface ConfirmPasskeyDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly ownPasskeys: { list(userId: UserId): Promise<readonly Passkey[]> }
  readonly askForPasskey: AskForPasskey
  readonly reauthenticateWithPasskey: ReauthenticateWithPasskey
  readonly vouchForSession: VouchForSession
}

const path = '/account/confirm/passkey'

export const createConfirmPasskey = (deps: ConfirmPasskeyDeps) => ({
  /** Undefined for who has none. */
  formFor: async (visit: AccountVisit, next: AccountPath): Promise<Html | undefined> => {
    const { words, user } = visit
    if ((await deps.ownPasskeys.list(user.id)).length === 0) return undefined
    const hidden = { ...visit.hiddenFor(path), next }
    return passkeyForm({
      action: deps.ui.link(path),
      hidden,
      words,
      kind: 'get',
      label: words.passkeys.confirm,
    })
  },

  /** `refuse` shows the page once more. */
  routeWith: (
    refuse: (
      res: Parameters<AccountArea['send']>[0],
      visit: AccountVisit,
      next: AccountPath,
    ) => Promise<void>,
  ): Route =>
    deps.area.action({
      path,
      page: '/account/confirm',
      fields: z.object({ next: confirmNext, credential: assertionField }),
      act: async (visit, { next, credential }, req, res) => {
        const { user, sessionId } = visit
        const whose = { userId: user.id, boundTo: sessionId }
        if (credential === undefined)
          return void res.json(await deps.askForPasskey({ purpose: 'reauthentication', ...whose }))
        if (credential === 'invalid') return refuse(res, visit, next)
        const proof = { userId: user.id, sessionId, assertion: credential }
        if ((await deps.reauthenticateWithPasskey(proof)) === 'refused') return refuse(res, visit, next)
        await deps.vouchForSession(user.id, sessionId, requestIp(req))
        deps.area.leadBack(res, next)
      },
    }),
})

export type ConfirmPasskey = ReturnType<typeof createConfirmPasskey>
