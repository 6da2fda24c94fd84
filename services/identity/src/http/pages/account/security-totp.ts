/**
 * `/account/security/totp`: an authenticator app, from its secret to the first code of it. Recovery codes that are needed
 * beside stand on the same page, and count once the code was right.
 */
import type { Response, Route } from '@latchkey/runtime/http'
import { buttons, field, form, html, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { EnrolTotp } from '../../../usecases/enrol-totp.ts'
import type { MakeRecoveryCodes } from '../../../usecases/make-recovery-codes.ts'
import type { ManageFactors } from '../../../usecases/manage-factors.ts'
import type { ProposeRecoveryCodes, RecoveryCodeProposal } from '../../../usecases/propose-recovery-codes.ts'
import { formText } from '../form-fields.ts'
import { appSecret } from '../qr-picture.ts'
import { recoveryCodeList } from '../recovery-code-list.ts'
import type { AccountArea, AccountVisit } from './area.ts'
import { securityPaths } from './security.ts'

export interface SecurityTotpPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly enrolTotp: EnrolTotp
  readonly manageFactors: ManageFactors
  readonly recoveryCodeProposals: ProposeRecoveryCodes
  readonly makeFirstRecoveryCodes: MakeRecoveryCodes
  readonly settle: () => Promise<void>
}

const { page, totp, confirmTotp } = securityPaths

export const createSecurityTotpPage = (deps: SecurityTotpPageDeps): readonly Route[] => {
  const { ui, area, enrolTotp, manageFactors, recoveryCodeProposals } = deps

  const proposalFor = async (
    { user }: AccountVisit,
    sealed: string,
  ): Promise<RecoveryCodeProposal | undefined> => {
    const { recoveryCodes } = await manageFactors.list(user.id)
    if ((recoveryCodes?.left ?? 0) > 0) return undefined
    return recoveryCodeProposals.open(user.id, sealed) ?? (await recoveryCodeProposals.propose(user.id))
  }

  const show = async (res: Response, visit: AccountVisit, sent: { codes: string; error?: string }) => {
    const { words, user, sessionId } = visit
    const secret = await enrolTotp.findPending(user, sessionId)
    if (secret === undefined) return res.redirect(303, ui.link(page))
    const proposal = await proposalFor(visit, sent.codes)
    const content = html`${field({
      name: 'code',
      label: words.mfa.code,
      type: 'text',
      autocomplete: 'one-time-code',
      code: true,
      errors: sent.error === undefined ? [] : [sent.error],
    })}${buttons({ label: words.enrol.submit })}`
    const codes =
      proposal &&
      html`<h2>${words.enrol.codesHeading}</h2>${paragraph(words.enrol.codesText)}${recoveryCodeList(proposal.codes)}`
    area.send(res, visit, page, {
      title: words.enrol.heading,
      status: sent.error === undefined ? 200 : 400,
      body: html`${appSecret(secret, words.enrol)}${codes}${form({
        action: ui.link(confirmTotp),
        hidden: { ...visit.hiddenFor(confirmTotp), codes: proposal?.sealed },
        content,
      })}${ways([{ href: ui.link(page), label: words.enrol.back }])}`,
    })
  }

  return [
    area.page({ path: totp, show: (visit, _req, res) => show(res, visit, { codes: '' }) }),
    area.action({
      path: totp,
      page,
      recent: true,
      fields: z.object({}),
      act: async ({ user, sessionId }, _form, _req, res) => {
        const begun = await enrolTotp.begin(user, sessionId)
        res.redirect(303, ui.link(begun === undefined ? page : totp))
      },
    }),
    area.action({
      path: confirmTotp,
      page,
      recent: true,
      fields: z.object({ code: formText(), codes: z.string().max(4_096).default('') }),
      act: async (visit, { code, codes }, _req, res) => {
        const { words, user, sessionId } = visit
        const setUp = { userId: user.id, begunBy: sessionId, doneBy: sessionId, code }
        const confirmed = await enrolTotp.confirm(setUp, sessionId)
        if (confirmed.outcome === 'wrong') return show(res, visit, { codes, error: words.mfa.wrong })
        if (confirmed.outcome === 'confirmed') {
          const proposal = recoveryCodeProposals.open(user.id, codes)
          // None that nobody has seen.
          if (proposal !== undefined)
            await deps.makeFirstRecoveryCodes({ userId: user.id, sessionId }, proposal)
          await deps.settle()
        }
        area.leadBack(res, page, 'added')
      },
    }),
  ]
}
