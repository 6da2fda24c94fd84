/**
 * `/verify-email`: where the link of a verification mail leads, and where its code is typed. Opening a link changes
 * nothing. The form of a link needs no other proof of where it comes from; whose address a code is for, the page knows by
 * the request of this browser or by who is signed in in it, else it asks. No answer tells whether an address has an account.
 */
import type { Request } from '@latchkey/runtime/http'
import { type Route, readForm, readQuery, requestIp } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { type EmailKey, emailKeyOf, parseEmailAddress } from '../../domain/email-address.ts'
import { type AskedProof, type EmailProofPurpose, hashBrowser } from '../../domain/email-proof.ts'
import type { BrowserHash, EmailProofId } from '../../domain/ids.ts'
import type { FindBrowserUser } from '../../usecases/find-browser-user.ts'
import type { RequestVerification } from '../../usecases/request-verification.ts'
import type { VerifyEmail } from '../../usecases/verify-email.ts'
import { deviceHashOf } from '../device.ts'
import { browserHashOf } from './browser-hash.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { formText, linkToken, pageSide, proofRequest } from './form-fields.ts'
import type { FormProblem } from './form-problem.ts'
import { answerLocked } from './locked.ts'
import { createVerifyEmailForms, verifyEmailPath as path, resendPath } from './verify-email-form.ts'

export interface VerifyEmailPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly findBrowserUser: FindBrowserUser
  readonly verifyEmail: VerifyEmail
  readonly requestVerification: RequestVerification
  readonly findEmailRequest: (
    purposes: readonly EmailProofPurpose[],
    request: { readonly id: EmailProofId; readonly browserHash: BrowserHash },
    at: Date,
  ) => Promise<AskedProof | undefined>
  readonly now: () => Date
}

const purposes = ['verification', 'registration'] as const

const proof = { token: linkToken(), request: proofRequest() }

const query = entranceQuery.extend({ ...proof, done: pageSide() })
const fields = z.object({ ...entranceFields, ...proof, email: formText(), code: formText() })

/** Where the code's form leads back to, for whichever way the page knows the address. */
interface Known {
  readonly emailKey: EmailKey | undefined
  readonly asked: AskedProof | undefined
}

export const createVerifyEmailPage = (deps: VerifyEmailPageDeps): readonly Route[] => {
  const { ui, browser, entrance, verifyEmail, requestVerification, now } = deps
  const forms = createVerifyEmailForms(ui, entrance.loginLink)

  const knownTo = async (req: Request, id: EmailProofId | undefined): Promise<Known> => {
    const browserHash = browserHashOf(browser, req)
    const asked =
      id !== undefined && browserHash !== undefined
        ? await deps.findEmailRequest(purposes, { id, browserHash }, now())
        : undefined
    if (asked !== undefined) return { emailKey: asked.emailKey, asked }
    const signedIn = await deps.findBrowserUser(browser.readSession(req))
    return { emailKey: signedIn?.user.emailKey, asked: undefined }
  }

  const typedKey = (email: string): EmailKey | undefined => {
    const address = parseEmailAddress(email)
    return address.outcome === 'accepted' ? emailKeyOf(address.value) : undefined
  }

  const codePage = (visit: Visit, known: Known, email: string, problem?: FormProblem) =>
    forms.code(visit, {
      request: known.asked?.id,
      email: known.emailKey === undefined ? email : undefined,
      problem,
    })

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const asked = readQuery(req, query)
        if (asked.token !== '') return ui.sendPage(res, forms.button(ui.localeOf(req), asked.token))
        const visit = await entrance.open(req, res, path, asked.flow)
        if (asked.done !== undefined) return ui.sendPage(res, forms.done(visit))
        ui.sendPage(res, codePage(visit, await knownTo(req, asked.request), visit.flow?.loginHint ?? ''))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const form = await readForm(req, fields)
        if (form.token !== '') {
          const { outcome } = await verifyEmail.byLink(form.token)
          if (outcome === 'verified') return res.redirect(303, ui.link(path, { done: '1' }))
          return ui.sendPage(res, forms.dead(ui.localeOf(req)))
        }
        const visit = await entrance.receive(req, path, form)
        const known = await knownTo(req, form.request)
        const again = (problem: FormProblem) => ui.sendPage(res, codePage(visit, known, form.email, problem))
        const emailKey = known.emailKey ?? typedKey(form.email)
        if (emailKey === undefined || form.code === '') return again({ status: 400, text: visit.words.check })
        const result = await verifyEmail.byCode({ emailKey, code: form.code, device: deviceHashOf(req) })
        if (result.outcome === 'invalid') return again({ status: 400, text: visit.words.verify.wrong })
        if (result.outcome === 'locked') return again(answerLocked(res, visit.words.account.locked, result))
        res.redirect(303, ui.link(path, { done: '1', flow: visit.handle }))
      },
    },
    {
      method: 'GET',
      path: resendPath,
      handler: async (req, res) => {
        const visit = await entrance.open(req, res, path, readQuery(req, entranceQuery).flow)
        ui.sendPage(res, forms.resend(visit, visit.flow?.loginHint ?? ''))
      },
    },
    {
      method: 'POST',
      path: resendPath,
      handler: async (req, res) => {
        const form = await readForm(req, fields)
        const visit = await entrance.receive(req, path, form)
        const known = await knownTo(req, form.request)
        const emailKey = known.emailKey ?? typedKey(form.email)
        if (emailKey === undefined) {
          const errors = [visit.words.violations.email_invalid]
          return ui.sendPage(res, forms.resend(visit, form.email, errors))
        }
        const rawBrowser = browser.ensure(req, res)
        const id = await requestVerification({
          emailKey,
          browserHash: hashBrowser(rawBrowser),
          locale: visit.locale,
          askedFrom: requestIp(req),
          again: known.asked,
        })
        res.redirect(303, ui.link(path, { request: id, flow: visit.handle }))
      },
    },
  ]
}
