/** `/account`: who is signed in in this browser, what they are called, and the way out. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding } from '@latchkey/ui'
import { alert, buttons, done, facts, field, form, html, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import { parseUserName } from '../../../domain/user-name.ts'
import type { SignOutBrowser } from '../../../usecases/sign-out-browser.ts'
import type { UpdateProfile } from '../../../usecases/update-profile.ts'
import { formText } from '../form-fields.ts'
import { sentencesOf } from '../words.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { accountQuery } from './query.ts'

export interface ProfilePageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly area: AccountArea
  readonly updateProfile: UpdateProfile
  readonly signOutBrowser: SignOutBrowser
}

const path = '/account'
const signOutPath = '/account/sign-out'

interface Sent {
  readonly name: string
  readonly errors: readonly string[]
}

export const createProfilePage = (deps: ProfilePageDeps): readonly Route[] => {
  const { ui, browser, area, updateProfile, signOutBrowser } = deps

  const page = (visit: AccountVisit, isDone: boolean, sent: Sent = { name: visit.user.name, errors: [] }) => {
    const { user, words } = visit
    const { profile } = words.account
    const nameField = field({
      name: 'name',
      label: words.name,
      type: 'text',
      autocomplete: 'name',
      value: sent.name,
      errors: sent.errors,
    })
    const verified = user.emailVerifiedAt === undefined ? profile.unverified : profile.verified
    const body = html`${isDone && done(words.account.saved)}${sent.errors.length > 0 && alert({ text: words.check })}${facts(
      [[words.email, html`${user.email} (${verified})`]],
    )}${form({
      action: ui.link(path),
      hidden: visit.hiddenFor(path),
      content: html`${nameField}${buttons({ label: words.account.save })}`,
    })}${form({
      action: ui.link(signOutPath),
      hidden: visit.hiddenFor(signOutPath),
      content: buttons({ label: profile.signOut, other: true }),
    })}`
    return { title: words.account.heading, body, status: sent.errors.length > 0 ? 400 : 200 }
  }

  return [
    area.page({
      path,
      show: (visit, req, res) =>
        area.send(res, visit, path, page(visit, readQuery(req, accountQuery).done !== undefined)),
    }),
    area.action({
      path,
      page: path,
      fields: z.object({ name: formText() }),
      act: async (visit, { name }, _req, res) => {
        const checked = parseUserName(name)
        if (checked.outcome === 'refused') {
          const errors = sentencesOf(visit.words, checked.violations)
          return area.send(res, visit, path, page(visit, false, { name, errors }))
        }
        await updateProfile(visit.user.id, { name: checked.value })
        area.leadBack(res, path, 'saved')
      },
    }),
    area.action({
      path: signOutPath,
      page: path,
      fields: z.object({}),
      act: async ({ sessionId }, _form, req, res) => {
        // First the session: a cookie that is gone while it lives on would be a sign-out in name only.
        const signedOut = await signOutBrowser(sessionId, browser.ensure(req, res))
        browser.clearSession(res)
        res.redirect(303, signedOut ?? ui.link('/login'))
      },
    }),
  ]
}
