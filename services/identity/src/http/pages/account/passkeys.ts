/** `/account/passkeys`: what passkeys there are, another one, their names, and the end of each; and the end of the password. */
import { type Response, type Route, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import type { Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { PasskeyId } from '../../../domain/ids.ts'
import { parsePasskeyName } from '../../../domain/passkey-name.ts'
import type { BeginPasskeyEnrolment } from '../../../usecases/begin-passkey-enrolment.ts'
import type { EnrolPasskey } from '../../../usecases/enrol-passkey.ts'
import type { HasPassword } from '../../../usecases/has-password.ts'
import type { ManagePasskeys } from '../../../usecases/manage-passkeys.ts'
import type { RemovePassword } from '../../../usecases/remove-password.ts'
import { formText } from '../form-fields.ts'
import { registrationField } from '../passkey-form.ts'
import { sentencesOf } from '../words.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { type PasskeyList, passkeyPaths, type ShownPasskeys } from './passkey-list.ts'
import { accountQuery } from './query.ts'

export interface PasskeysPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly passkeyList: PasskeyList
  readonly hasPassword: HasPassword
  readonly beginPasskeyEnrolment: BeginPasskeyEnrolment
  readonly enrolPasskey: EnrolPasskey
  readonly removePassword: RemovePassword
  readonly ownPasskeys: ManagePasskeys
}

const { page, rename, remove, removePassword } = passkeyPaths

const passkeyId = z.string().max(64).default('')

export const createPasskeysPage = (deps: PasskeysPageDeps): readonly Route[] => {
  const { ui, area, passkeyList, hasPassword, ownPasskeys } = deps

  const show = async (
    res: Response,
    visit: AccountVisit,
    more: Omit<ShownPasskeys, 'passkeys' | 'hasPassword'>,
  ) => {
    const { id } = visit.user
    const [passkeys, withPassword] = await Promise.all([ownPasskeys.list(id), hasPassword(id)])
    area.send(res, visit, page, passkeyList.shown(visit, { passkeys, hasPassword: withPassword, ...more }))
  }

  const refuse = (
    res: Response,
    visit: AccountVisit,
    status: number,
    text: string,
    items: readonly string[] = [],
  ) => show(res, visit, { problem: { status, text, items } })

  return [
    area.page({
      path: page,
      show: (visit, req, res) => show(res, visit, { done: readQuery(req, accountQuery).done }),
    }),
    area.action({
      path: page,
      page,
      recent: true,
      fields: z.object({ name: formText(), credential: registrationField }),
      act: async (visit, { name, credential }, _req, res) => {
        const { words, user, sessionId } = visit
        if (credential === undefined) {
          const options = await deps.beginPasskeyEnrolment(user.id, sessionId)
          return options === undefined ? res.redirect(303, ui.link('/login')) : void res.json(options)
        }
        const checked = parsePasskeyName(name.trim() === '' ? words.passkeys.plainName : name)
        if (checked.outcome === 'refused')
          return refuse(res, visit, 400, words.check, sentencesOf(words, checked.violations))
        if (credential === 'invalid') return refuse(res, visit, 400, words.passkeys.refused)
        const enrolment = { userId: user.id, sessionId, name: checked.value, ...credential }
        const result = await deps.enrolPasskey(enrolment)
        const { outcome } = result
        if (outcome === 'gone') return res.redirect(303, ui.link('/login'))
        if (outcome === 'exists') return refuse(res, visit, 409, words.passkeys.exists)
        if (outcome === 'too_many') return refuse(res, visit, 409, words.passkeys.tooMany)
        if (outcome === 'refused') return refuse(res, visit, 400, words.passkeys.refused)
        if (result.outcome === 'enrolled' && result.recoveryCodes.length > 0)
          return area.send(res, visit, page, passkeyList.withCodes(visit, result.recoveryCodes))
        area.leadBack(res, page, 'added')
      },
    }),
    area.action({
      path: rename,
      page,
      fields: z.object({ passkey_id: passkeyId, name: formText() }),
      act: async (visit, { passkey_id, name }, _req, res) => {
        const { words, user } = visit
        const checked = parsePasskeyName(name)
        if (checked.outcome === 'refused')
          return refuse(res, visit, 400, words.check, sentencesOf(words, checked.violations))
        // One that is not theirs, or not any more, is no news: the list shows what there is.
        if (isUuid(passkey_id)) await ownPasskeys.rename(user.id, passkey_id as PasskeyId, checked.value)
        area.leadBack(res, page, 'renamed')
      },
    }),
    area.action({
      path: remove,
      page,
      recent: true,
      fields: z.object({ passkey_id: passkeyId }),
      act: async (visit, { passkey_id }, _req, res) => {
        const { words, user, sessionId } = visit
        const outcome =
          isUuid(passkey_id) &&
          (await ownPasskeys.remove(passkey_id as PasskeyId, { userId: user.id, sessionId }))
        if (outcome === 'last_way_in') return refuse(res, visit, 409, words.passkeys.lastWayIn)
        area.leadBack(res, page, 'removed')
      },
    }),
    area.action({
      path: removePassword,
      page,
      recent: true,
      fields: z.object({}),
      act: async (visit, _form, _req, res) => {
        const { words, user, sessionId } = visit
        const outcome = await deps.removePassword(user.id, sessionId)
        if (outcome === 'last_way_in') return refuse(res, visit, 409, words.passkeys.lastWayIn)
        area.leadBack(res, page, outcome === 'removed' ? 'password_removed' : undefined)
      },
    }),
  ]
}
