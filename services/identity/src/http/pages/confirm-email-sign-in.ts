/**
 * `/login/email/confirm`: what a mail to sign in with brings back. A code is of the browser that asked alone. A link that is
 * opened in another one signs in nobody by itself, and least of all the browser that asked: it names the account and shows
 * a button. So whoever is talked into opening a link neither lets somebody else in nor ends up in somebody else's account
 * without noticing. Opening a link changes nothing.
 */
import { type Request, type Response, type Route, readForm, readQuery } from '@latchkey/runtime/http'
import type { BrowserBinding, Ui } from '@latchkey/ui'
import { z } from 'zod'
import { type AskedProof, type EmailProofPurpose, hashProofToken } from '../../domain/email-proof.ts'
import { type EmailSignInMode, hasCode, hasLink } from '../../domain/email-sign-in.ts'
import type { BrowserHash, EmailProofId, ProofTokenHash } from '../../domain/ids.ts'
import type { BrowserSession } from '../../domain/sign-in.ts'
import type { FindRememberedUser } from '../../usecases/find-remembered-user.ts'
import type { EmailSignInOutcome, SignInByEmail } from '../../usecases/sign-in-by-email.ts'
import { admissionRefusal } from '../admission-refusal.ts'
import type { RequestDevice } from '../device.ts'
import type { ReadBrowserDevice } from './browser-device.ts'
import { browserHashOf } from './browser-hash.ts'
import { createEmailSignInForms, confirmPath as path } from './email-sign-in-form.ts'
import { type Entrance, entranceFields, entranceQuery, type Visit } from './entrance.ts'
import { formCheck, formText, linkToken, proofRequest } from './form-fields.ts'
import type { FormProblem } from './form-problem.ts'
import { answerLocked } from './locked.ts'

export interface ConfirmEmailSignInPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly readBrowserDevice: ReadBrowserDevice
  readonly emailSignInMode: EmailSignInMode
  readonly findRememberedUser: FindRememberedUser
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
const fields = z.object({
  ...entranceFields,
  token: linkToken(),
  request: proofRequest(),
  code: formText(),
  remember_me: formCheck(),
})

/** One of the page's two forms has come. */
interface Sent {
  readonly req: Request
  readonly res: Response
  readonly visit: Visit
  readonly form: z.output<typeof fields>
}

type Proven = Exclude<EmailSignInOutcome<BrowserSession>, { outcome: 'invalid' | 'locked' }>

export const createConfirmEmailSignInPage = (deps: ConfirmEmailSignInPageDeps): readonly Route[] => {
  const { ui, browser, entrance, readBrowserDevice, signInBrowserByEmail, emailSignInMode: mode, now } = deps
  if (mode === 'off') return []
  const forms = createEmailSignInForms(ui, entrance, mode)

  const letIn = (res: Response, visit: Visit, result: Proven, device: RequestDevice, rememberMe: boolean) => {
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
    const isOwn = offer?.browserHash != null && offer.browserHash === browserHashOf(browser, req)
    // The request that waits is of the browser that asked.
    const visit = await entrance.open(req, res, path, isOwn ? flow : '')
    if (offer === undefined) return ui.sendPage(res, forms.dead(visit))
    const rememberMe = await isRemembered(req)
    ui.sendPage(res, forms.link(visit, { token: rawToken, email: offer.email, isOwn, rememberMe }))
  }

  /** Undefined where this browser asked for no mail with a code. */
  const findAsked = async (req: Request, id: EmailProofId | undefined) => {
    const browserHash = browserHashOf(browser, req)
    if (id === undefined || browserHash === undefined || !hasCode(mode)) return undefined
    const request = { id, browserHash }
    const asked = await deps.findEmailRequest(['sign_in'], request, now())
    return asked && { request, emailKey: asked.emailKey }
  }

  const signInOf = ({ req, form }: Sent) => {
    const device = readBrowserDevice(req)
    return { device, signIn: { origin: device.origin, rememberMe: form.remember_me } }
  }

  const receiveLink = async (sent: Sent) => {
    const { res, visit, form } = sent
    if (!hasLink(mode)) return ui.sendPage(res, forms.dead(visit))
    const { device, signIn } = signInOf(sent)
    const result = await signInBrowserByEmail.byLink(form.token, signIn)
    if (result.outcome === 'invalid' || result.outcome === 'locked')
      return ui.sendPage(res, forms.dead(visit))
    letIn(res, visit, result, device, signIn.rememberMe)
  }

  const receiveCode = async (sent: Sent) => {
    const { req, res, visit, form } = sent
    const { device, signIn } = signInOf(sent)
    const { rememberMe } = signIn
    const again = (problem: FormProblem) =>
      ui.sendPage(res, forms.sent(visit, { request: form.request, rememberMe, problem }))
    const wrong = { status: 400, text: visit.words.emailSignIn.wrong }
    const asked = await findAsked(req, form.request)
    if (asked === undefined) return again(wrong)
    const result = await signInBrowserByEmail.byCode({ ...signIn, ...asked, code: form.code })
    if (result.outcome === 'invalid') return again(wrong)
    if (result.outcome === 'locked') return again(answerLocked(res, visit.words.account.locked, result))
    letIn(res, visit, result, device, rememberMe)
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const asked = readQuery(req, query)
        if (asked.token !== '') return openLink(req, res, asked.token, asked.flow)
        const visit = await entrance.open(req, res, path, asked.flow)
        const rememberMe = await isRemembered(req)
        ui.sendPage(res, forms.sent(visit, { request: asked.request, rememberMe }))
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const form = await readForm(req, fields)
        const visit = await entrance.receive(req, path, form)
        await (form.token === '' ? receiveCode : receiveLink)({ req, res, visit, form })
      },
    },
  ]
}
