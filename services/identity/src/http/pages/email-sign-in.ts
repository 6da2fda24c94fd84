/**
 * `/login/email`: a mail to sign in with, for the browser that asks (EMAIL_SIGN_IN). A code is of that browser alone. A link
 * that is opened in another one signs in nobody by itself, and least of all the browser that asked: it names the account
 * and shows a button. So whoever is talked into opening a link neither lets somebody else in nor ends up in somebody
 * else's account without noticing. Opening a link changes nothing.
 */
import {
  type Request,
  type Response,
  type Route,
  readForm,
  readQuery,
  requestIp,
} from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { emailKeyOf, parseEmailAddress } from '../../domain/email-address.ts'
import {
  type AskedProof,
  type EmailProofPurpose,
  hashBrowser,
  hashProofToken,
} from '../../domain/email-proof.ts'
import { type EmailSignInMode, hasCode, hasLink } from '../../domain/email-sign-in.ts'
import type { BrowserHash, EmailProofId, ProofTokenHash } from '../../domain/ids.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { FindRememberedUser } from '../../usecases/find-remembered-user.ts'
import type { RequestEmailSignIn } from '../../usecases/request-email-sign-in.ts'
import type { EmailSignInOutcome, SignInByEmail } from '../../usecases/sign-in-by-email.ts'
import { admissionRefusal } from '../admission-refusal.ts'
import type { ReadDevice, RequestDevice } from '../device.ts'
import {
  askPath,
  confirmPath,
  createEmailSignInForms,
  type EmailSignInProblem,
} from './email-sign-in-form.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { challengeFields, type FormChallenges } from './form-challenge.ts'
import { formCheck, formText, linkToken, proofRequest } from './form-fields.ts'
import { answerLocked } from './locked.ts'
import { sentencesOf } from './words.ts'

export interface EmailSignInPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readDevice: ReadDevice
  readonly formChallenges: FormChallenges
  readonly emailSignInMode: EmailSignInMode
  readonly findRememberedUser: FindRememberedUser
  readonly requestEmailSignIn: RequestEmailSignIn
  readonly signInBrowserByEmail: SignInByEmail<BrowserSession>
  readonly findEmailSignIn: (
    tokenHash: ProofTokenHash,
    at: Date,
  ) => Promise<{ readonly email: string; readonly browserHash: BrowserHash | null } | undefined>
  readonly findEmailRequest: (
    purposes: readonly EmailProofPurpose[],
    request: { readonly id: EmailProofId; readonly browserHash: BrowserHash },
    at: Date,
  ) => Promise<AskedProof | undefined>
  readonly now: () => Date
}

const query = entranceQuery.extend({ token: linkToken(), request: proofRequest() })
const askFields = z.object({ ...entranceFields, ...challengeFields, email: formText() })
const fields = z.object({
  ...entranceFields,
  token: linkToken(),
  request: proofRequest(),
  code: formText(),
  remember_me: formCheck(),
})

export const createEmailSignInPage = (deps: EmailSignInPageDeps): readonly Route[] => {
  const { ui, browser, entrance, readDevice, emailSignInMode: mode, now } = deps
  if (mode === 'off') return []
  const forms = createEmailSignInForms(ui, entrance, mode)

  const ownHash = (req: Request): BrowserHash | undefined => {
    const rawBrowser = browser.read(req)
    return rawBrowser === undefined ? undefined : hashBrowser(rawBrowser)
  }

  const letIn = (
    res: Response,
    visit: Visit,
    result: Exclude<EmailSignInOutcome<BrowserSession>, { outcome: 'invalid' | 'locked' }>,
    device: RequestDevice,
    rememberMe: boolean,
  ) => {
    if (result.outcome === 'second_factor_required' || result.outcome === 'enrolment_required')
      return entrance.askSecondFactor(res, visit, result, device)
    if (result.outcome !== 'signed_in') throw admissionRefusal(result)
    device.remember(res)
    entrance.letIn(res, visit, result.given, { rememberMe })
  }

  const isRemembered = async (req: Request): Promise<boolean> =>
    (await deps.findRememberedUser(browser.readSession(req))) !== undefined

  const openLink = async (req: Request, res: Response, rawToken: string, flow: string) => {
    const offer = hasLink(mode) ? await deps.findEmailSignIn(hashProofToken(rawToken), now()) : undefined
    const isOwn = offer?.browserHash != null && offer.browserHash === ownHash(req)
    // The request that waits is of the browser that asked.
    const visit = await entrance.open(req, res, confirmPath, isOwn ? flow : '')
    if (offer === undefined) return ui.sendPage(res, forms.dead(visit))
    const rememberMe = await isRemembered(req)
    ui.sendPage(res, forms.link(visit, { token: rawToken, email: offer.email, isOwn, rememberMe }))
  }

  return [
    {
      method: 'GET',
      path: askPath,
      handler: async (req, res) => {
        const visit = await entrance.open(req, res, askPath, readQuery(req, entranceQuery).flow)
        const challenge = await deps.formChallenges.open(req)
        ui.sendPage(res, forms.ask(visit, { email: visit.flow?.loginHint ?? '', challenge }))
      },
    },
    {
      method: 'POST',
      path: askPath,
      handler: async (req, res) => {
        const { email, ...form } = await readForm(req, askFields)
        const visit = await entrance.receive(req, askPath, form)
        const received = await deps.formChallenges.receive(req, res, form, (challenge, status) =>
          forms.ask(visit, { email, challenge }, status),
        )
        if (received.outcome === 'sent_back') return
        const address = parseEmailAddress(email)
        if (address.outcome === 'refused') {
          const errors = sentencesOf(visit.words, address.violations)
          return ui.sendPage(res, forms.ask(visit, { email, errors, challenge: received.challenge }, 400))
        }
        const id = await deps.requestEmailSignIn({
          emailKey: emailKeyOf(address.value),
          browserHash: ownHash(req),
          locale: visit.locale,
          askedFrom: requestIp(req),
          flow: visit.handle,
        })
        res.redirect(303, ui.link(confirmPath, { request: id, flow: visit.handle }))
      },
    },
    {
      method: 'GET',
      path: confirmPath,
      handler: async (req, res) => {
        const asked = readQuery(req, query)
        if (asked.token !== '') return openLink(req, res, asked.token, asked.flow)
        const visit = await entrance.open(req, res, confirmPath, asked.flow)
        const rememberMe = await isRemembered(req)
        ui.sendPage(res, forms.sent(visit, { request: asked.request, rememberMe }))
      },
    },
    {
      method: 'POST',
      path: confirmPath,
      handler: async (req, res) => {
        const { remember_me: rememberMe, ...form } = await readForm(req, fields)
        const visit = await entrance.receive(req, confirmPath, form)
        const device = readDevice(req)
        const origin = { ...device.origin, browserSession: browser.readSession(req) }
        if (form.token !== '') {
          if (!hasLink(mode)) return ui.sendPage(res, forms.dead(visit))
          const result = await deps.signInBrowserByEmail.byLink(form.token, { origin, rememberMe })
          if (result.outcome === 'invalid' || result.outcome === 'locked')
            return ui.sendPage(res, forms.dead(visit))
          return letIn(res, visit, result, device, rememberMe)
        }
        const again = (problem: EmailSignInProblem) =>
          ui.sendPage(res, forms.sent(visit, { request: form.request, rememberMe, problem }))
        const { emailSignIn } = visit.words
        const browserHash = ownHash(req)
        const own =
          form.request === undefined || browserHash === undefined
            ? undefined
            : { id: form.request, browserHash }
        const asked = own && hasCode(mode) ? await deps.findEmailRequest(['sign_in'], own, now()) : undefined
        if (own === undefined || asked === undefined) return again({ status: 400, text: emailSignIn.wrong })
        const { emailKey } = asked
        const signIn = { emailKey, code: form.code, request: own, origin, rememberMe }
        const result = await deps.signInBrowserByEmail.byCode(signIn)
        if (result.outcome === 'invalid') return again({ status: 400, text: emailSignIn.wrong })
        if (result.outcome === 'locked') return again(answerLocked(res, visit.words.account.locked, result))
        letIn(res, visit, result, device, rememberMe)
      },
    },
  ]
}
