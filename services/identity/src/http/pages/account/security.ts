/** `/account/security`: the authenticator app, recovery codes, and the devices that are not asked for a second factor. */
import { type Route, readQuery } from '@latchkey/runtime/http'
import { isUuid } from '@latchkey/runtime/ids'
import { alert, buttons, done, fill, form, type Html, html, list, paragraph, type Ui } from '@latchkey/ui'
import { z } from 'zod'
import type { DeviceHash, FactorId, UserId } from '../../../domain/ids.ts'
import { fewRecoveryCodes } from '../../../domain/recovery-code.ts'
import type { RememberedDevice } from '../../../domain/remembered-device.ts'
import type { Factor } from '../../../domain/second-factor.ts'
import type { FactorsOfUser, ManageFactors } from '../../../usecases/manage-factors.ts'
import type { AccountArea, AccountPath, AccountVisit } from './area.ts'
import { dayOf } from './dates.ts'
import { accountQuery } from './query.ts'

export interface SecurityPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly manageFactors: ManageFactors
  readonly ownRememberedDevices: {
    list(userId: UserId): Promise<readonly RememberedDevice[]>
    forget(userId: UserId, device: DeviceHash): Promise<void>
  }
}

export const securityPaths = {
  page: '/account/security',
  totp: '/account/security/totp',
  confirmTotp: '/account/security/totp/confirm',
  removeTotp: '/account/security/totp/remove',
  codes: '/account/security/recovery-codes',
  forgetDevice: '/account/security/devices/forget',
} as const satisfies Record<string, AccountPath>

const { page, totp, removeTotp, codes, forgetDevice } = securityPaths

export const createSecurityPage = (deps: SecurityPageDeps): readonly Route[] => {
  const { ui, area, manageFactors, ownRememberedDevices } = deps

  const button = (
    visit: AccountVisit,
    action: AccountPath,
    label: string,
    more: Record<string, string> = {},
  ) =>
    form({
      action: ui.link(action),
      hidden: { ...visit.hiddenFor(action), ...more },
      content: buttons({ label, other: action !== totp }),
    })

  const appPart = (visit: AccountVisit, app: Factor | undefined): Html => {
    const { security } = visit.words
    if (app === undefined) return html`${paragraph(security.appNone)}${button(visit, totp, security.appAdd)}`
    const since = fill(security.appSince, { date: dayOf(visit.locale, app.createdAt) })
    return html`${paragraph(since)}${button(visit, removeTotp, security.appRemove, { factor_id: app.id })}`
  }

  const codesPart = ({ words }: AccountVisit, { recoveryCodes }: FactorsOfUser): Html => {
    const { security } = words
    const left = recoveryCodes?.left ?? 0
    const hint =
      left <= fewRecoveryCodes && alert({ text: left === 0 ? security.codesNone : security.codesFew })
    const count = fill(security.codesLeft, { count: String(left) })
    return html`${hint}${paragraph(count)}<p><a href="${ui.link(codes)}">${security.codesMake}</a></p>`
  }

  const devicesPart = (visit: AccountVisit, devices: readonly RememberedDevice[]): Html => {
    const { security } = visit.words
    if (devices.length === 0) return paragraph(security.devicesNone)
    return list(
      devices.map(({ device, userAgent, expiresAt }) => ({
        term: html`<strong>${userAgent}</strong>`,
        detail: html`${fill(security.devicesUntil, { date: dayOf(visit.locale, expiresAt) })}${button(
          visit,
          forgetDevice,
          security.devicesForget,
          { device },
        )}`,
      })),
    )
  }

  return [
    area.page({
      path: page,
      show: async (visit, req, res) => {
        const { words, user } = visit
        const { security } = words
        const [factors, devices] = await Promise.all([
          manageFactors.list(user.id),
          ownRememberedDevices.list(user.id),
        ])
        const isDone = readQuery(req, accountQuery).done !== undefined
        const app = factors.factors.find(({ method }) => method === 'totp')
        const hasFactor = factors.factors.length > 0
        area.send(res, visit, page, {
          title: security.label,
          body: html`${isDone && done(words.account.saved)}<h2>${security.appHeading}</h2>${appPart(visit, app)}${
            hasFactor && html`<h2>${security.codesHeading}</h2>${codesPart(visit, factors)}`
          }${hasFactor && html`<h2>${security.devicesHeading}</h2>${devicesPart(visit, devices)}`}`,
        })
      },
    }),
    area.action({
      path: removeTotp,
      page,
      recent: true,
      fields: z.object({ factor_id: z.string().max(64).default('') }),
      act: async ({ user, sessionId }, { factor_id }, _req, res) => {
        // One that is not theirs, or not any more, is no news: the page shows what there is.
        if (isUuid(factor_id))
          await manageFactors.remove(factor_id as FactorId, { userId: user.id, sessionId })
        area.leadBack(res, page, 'removed')
      },
    }),
    area.action({
      path: forgetDevice,
      page,
      fields: z.object({ device: z.string().max(64).default('') }),
      act: async ({ user }, { device }, _req, res) => {
        await ownRememberedDevices.forget(user.id, device as DeviceHash)
        area.leadBack(res, page, 'forgotten')
      },
    }),
  ]
}
