/** `/account/security/recovery-codes`: a new set, to be printed or written down. It takes the old one's place by a button. */
import type { Route } from '@latchkey/runtime/http'
import { buttons, form, html, paragraph, type Ui, ways } from '@latchkey/ui'
import { z } from 'zod'
import type { MakeRecoveryCodes } from '../../../usecases/make-recovery-codes.ts'
import type { ManageFactors } from '../../../usecases/manage-factors.ts'
import type { ProposeRecoveryCodes } from '../../../usecases/propose-recovery-codes.ts'
import { recoveryCodeList } from '../recovery-code-list.ts'
import type { AccountArea } from './area.ts'
import { securityPaths } from './security.ts'

export interface SecurityCodesPageDeps {
  readonly ui: Ui
  readonly area: AccountArea
  readonly manageFactors: ManageFactors
  readonly recoveryCodeProposals: ProposeRecoveryCodes
  readonly makeRecoveryCodes: MakeRecoveryCodes
}

const { page, codes: path } = securityPaths

export const createSecurityCodesPage = (deps: SecurityCodesPageDeps): readonly Route[] => {
  const { ui, area, manageFactors, recoveryCodeProposals, makeRecoveryCodes } = deps
  return [
    area.page({
      path,
      show: async (visit, _req, res) => {
        const { words, user } = visit
        const { factors } = await manageFactors.list(user.id)
        if (factors.length === 0) return res.redirect(303, ui.link(page))
        const { codes, sealed } = await recoveryCodeProposals.propose(user.id)
        area.send(res, visit, page, {
          title: words.security.codesHeading,
          body: html`${paragraph(words.enrol.codesText)}${recoveryCodeList(codes)}${paragraph(words.security.codesReplace)}${form(
            {
              action: ui.link(path),
              hidden: { ...visit.hiddenFor(path), codes: sealed },
              content: buttons({ label: words.security.codesSaved }),
            },
          )}${ways([{ href: ui.link(page), label: words.enrol.back }])}`,
        })
      },
    }),
    area.action({
      path,
      page,
      recent: true,
      fields: z.object({ codes: z.string().max(4_096).default('') }),
      act: async ({ user, sessionId }, { codes }, _req, res) => {
        const proposal = recoveryCodeProposals.open(user.id, codes)
        const made = proposal && (await makeRecoveryCodes({ userId: user.id, sessionId }, proposal))
        // Too old, or overtaken by others: those that count are yet to be shown.
        if (made === undefined || made.length === 0) return res.redirect(303, ui.link(path))
        area.leadBack(res, page, 'codes')
      },
    }),
  ]
}
