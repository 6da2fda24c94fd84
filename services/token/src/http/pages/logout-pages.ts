/** The pages of a logout: the question, and what came of it. @see OpenID Connect RP-Initiated Logout 1.0 §2 */
import { buttons, done, fill, form, type Locale, type Page, paragraph, ways } from '@latchkey/ui'
import { phrases } from './phrases.ts'

export interface AskLogoutPage {
  readonly locale: Locale
  readonly action: string
  /** With `csrf` among them. */
  readonly hidden: Readonly<Record<string, string | undefined>>
  readonly clientName: string | undefined
  /** Whom it would sign out. */
  readonly email: string | undefined
}

export const askLogoutPage = ({ locale, action, hidden, clientName, email }: AskLogoutPage): Page => {
  const words = phrases[locale].logout
  return {
    locale,
    title: words.askHeading,
    body: [
      email !== undefined && paragraph(fill(phrases[locale].consent.signedInAs, { email })),
      paragraph(clientName === undefined ? words.ask : fill(words.askFor, { client: clientName })),
      form({
        action,
        hidden,
        content: buttons(
          { label: words.signOut, sends: { name: 'decision', value: 'allow' } },
          { label: words.stay, sends: { name: 'decision', value: 'deny' }, other: true },
        ),
      }),
    ],
  }
}

export interface LoggedOutPage {
  readonly locale: Locale
  /** Where the client, whom nobody has asked to prove itself, would like the user to go: their choice. */
  readonly back?: { readonly href: string; readonly clientName: string } | undefined
}

export const loggedOutPage = ({ locale, back }: LoggedOutPage): Page => {
  const words = phrases[locale].logout
  return {
    locale,
    title: words.doneHeading,
    body: [
      done(words.done),
      back && ways([{ href: back.href, label: fill(words.back, { client: back.clientName }) }]),
    ],
  }
}

export const stayedPage = (locale: Locale): Page => {
  const words = phrases[locale].logout
  return { locale, title: words.stayedHeading, body: done(words.stayed) }
}
