/**
 * `/complete-sign-up`: for those whose provider tells no address, or has not verified it. The link of the mail opens a page
 * with a button, and works in the browser alone that came from the provider.
 */
import {
  type Request,
  type Response,
  type Route,
  readForm,
  readQuery,
  requestIp,
} from '@latchkey/runtime/http'
import {
  alert,
  type BrowserBinding,
  buttons,
  field,
  fill,
  form,
  html,
  paragraph,
  type Ui,
  ways,
} from '@latchkey/ui'
import { z } from 'zod'
import { parseEmailAddress } from '../../../domain/email-address.ts'
import { displayNameOf, type ProviderDescription } from '../../../domain/provider.ts'
import type { SocialSignUp } from '../../../domain/social-sign-up.ts'
import type { SocialSignUpUseCase } from '../../../usecases/social-sign-up.ts'
import { type Entrance, entranceFields, type Visit } from '../entrance.ts'
import { formHandle, formText, pageSide } from '../form-fields.ts'
import { sentencesOf, wordsOf } from '../words.ts'
import type { SocialArrivalPages } from './arrival.ts'

export interface SocialSignUpPageDeps {
  readonly ui: Ui
  readonly browser: BrowserBinding
  readonly entrance: Entrance
  readonly providers: readonly ProviderDescription[]
  readonly socialSignUp: SocialSignUpUseCase
  readonly arrival: Pick<SocialArrivalPages, 'letIn' | 'refuse'>
}

const path = '/complete-sign-up'

const query = z.object({ ticket: formHandle(), token: formHandle(), sent: pageSide() })
const fields = z.object({
  csrf: entranceFields.csrf,
  ticket: formHandle(),
  token: formHandle(),
  email: formText(),
})

export const createSocialSignUpPage = (deps: SocialSignUpPageDeps): readonly Route[] => {
  const { ui, browser, entrance, socialSignUp, arrival } = deps

  const nameOf = (provider: string): string => displayNameOf(deps.providers, provider)

  const sendOver = (req: Request, res: Response): void => {
    const locale = ui.localeOf(req)
    const { overHeading, over, back } = wordsOf(locale).social.signUp
    const body = html`${paragraph(over)}${ways([{ href: ui.link('/login'), label: back }])}`
    ui.sendPage(res, { locale, title: overHeading, status: 400, body })
  }

  const sendAddressForm = (
    res: Response,
    visit: Visit,
    init: { readonly signUp: SocialSignUp; readonly ticket: string; readonly csrf: string },
    sent?: { readonly email: string; readonly errors: readonly string[] },
  ): void => {
    const { locale, words, formAction } = visit
    const { heading, text, submit } = words.social.signUp
    const errors = sent?.errors ?? []
    const content = html`${field({
      name: 'email',
      label: words.email,
      type: 'email',
      autocomplete: 'email',
      value: sent?.email ?? init.signUp.email ?? '',
      errors,
      autofocus: true,
    })}${buttons({ label: submit })}`
    const body = html`${paragraph(fill(text, { provider: nameOf(init.signUp.provider) }))}${errors.length > 0 && alert({ text: words.check })}${form({ action: ui.link(path), hidden: { csrf: init.csrf, ticket: init.ticket }, content })}`
    ui.sendPage(res, { locale, title: heading, formAction, status: errors.length > 0 ? 400 : 200, body })
  }

  const sendSent = (res: Response, { locale, words }: Visit, ticket: string): void => {
    const { sentHeading, sent, other } = words.social.signUp
    const body = html`${paragraph(sent)}${ways([{ href: ui.link(path, { ticket }), label: other }])}`
    ui.sendPage(res, { locale, title: sentHeading, body })
  }

  const sendConfirmation = (
    res: Response,
    { locale, words, formAction }: Visit,
    init: { readonly signUp: SocialSignUp; readonly token: string; readonly csrf: string },
  ): void => {
    const { confirmHeading, confirm, finish } = words.social.signUp
    const body = html`${paragraph(fill(confirm, { email: init.signUp.email ?? '', provider: nameOf(init.signUp.provider) }))}${form({ action: ui.link(path), hidden: { csrf: init.csrf, token: init.token }, content: buttons({ label: finish }) })}`
    ui.sendPage(res, { locale, title: confirmHeading, formAction, body })
  }

  const finish = async (req: Request, res: Response, token: string, rawBrowser: string): Promise<void> => {
    const end = await socialSignUp.end(token, rawBrowser)
    if (end.outcome === 'invalid_token') return sendOver(req, res)
    const visit = await entrance.open(req, res, '/login', end.flow ?? '')
    if (end.outcome === 'account_exists') return arrival.refuse(res, visit, 'account_exists', '')
    if ((await arrival.letIn(req, res, visit, end)) === 'outdated') sendOver(req, res)
  }

  return [
    {
      method: 'GET',
      path,
      handler: async (req, res) => {
        const { ticket, token, sent } = readQuery(req, query)
        const rawBrowser = browser.ensure(req, res)
        const signUp = await (token === ''
          ? socialSignUp.find(ticket, rawBrowser)
          : socialSignUp.findByToken(token, rawBrowser))
        if (signUp === undefined) return sendOver(req, res)
        const visit = await entrance.open(req, res, path, signUp.flow ?? '')
        const csrf = browser.csrfToken(path, rawBrowser)
        if (token !== '') return sendConfirmation(res, visit, { signUp, token, csrf })
        if (sent !== undefined) return sendSent(res, visit, ticket)
        sendAddressForm(res, visit, { signUp, ticket, csrf })
      },
    },
    {
      method: 'POST',
      path,
      handler: async (req, res) => {
        const { csrf, ticket, token, email } = await readForm(req, fields)
        const rawBrowser = browser.verifyForm(req, path, csrf)
        if (token !== '') return finish(req, res, token, rawBrowser)
        const signUp = await socialSignUp.find(ticket, rawBrowser)
        if (signUp === undefined) return sendOver(req, res)
        const visit = await entrance.open(req, res, path, signUp.flow ?? '')
        const address = parseEmailAddress(email)
        if (address.outcome === 'refused') {
          const errors = sentencesOf(visit.words, address.violations)
          return sendAddressForm(res, visit, { signUp, ticket, csrf }, { email, errors })
        }
        const { locale } = visit
        const asked = await socialSignUp.askForProof({
          rawTicket: ticket,
          rawBrowser,
          email: address.value,
          locale,
          askedFrom: requestIp(req),
        })
        if (!asked) return sendOver(req, res)
        res.redirect(303, ui.link(path, { ticket, sent: '1' }))
      },
    },
  ]
}
