/**
 * The pages of a device: type its code, decide, go back to it. The page that asks names the client and shows the code
 * again, and warns: whoever was sent a code lets somebody else's device in. @see RFC 8628 §3.3, §5.4
 */
import {
  alert,
  buttons,
  done,
  field,
  fill,
  form,
  html,
  type Locale,
  type Page,
  paragraph,
} from '@latchkey/ui'
import type { Membership } from '../../domain/authority.ts'
import type { Scope } from '../../domain/scope.ts'
import { showUserCode } from '../../domain/user-code.ts'
import { phrases } from './phrases.ts'
import { scopeList } from './scope-list.ts'

interface FormOfPage {
  readonly locale: Locale
  /** Where the form posts to. */
  readonly action: string
  readonly csrf: string
}

export interface EnterCodePage extends FormOfPage {
  readonly typed?: string | undefined
  readonly mistake?: 'unknownCode' | 'gone' | undefined
}

// Longer than a code with any dashes and spaces in it.
const longestCode = 32

export const enterCodePage = ({ locale, action, csrf, typed, mistake }: EnterCodePage): Page => {
  const words = phrases[locale].device
  return {
    locale,
    title: words.enterHeading,
    body: [
      mistake === 'gone' && alert({ text: words.gone }),
      paragraph(words.enterAdvice),
      form({
        action,
        hidden: { csrf },
        content: [
          field({
            name: 'user_code',
            label: words.code,
            type: 'text',
            autocomplete: 'off',
            code: true,
            autofocus: true,
            maxLength: longestCode,
            hint: words.codeHint,
            value: typed?.slice(0, longestCode),
            errors: mistake === 'unknownCode' ? [words.unknownCode] : [],
          }),
          buttons({ label: words.next }),
        ],
      }),
    ],
  }
}

export interface ConfirmDevicePage extends FormOfPage {
  readonly handle: string
  readonly clientName: string
  readonly userCode: string
  readonly email: string | undefined
  readonly scopes: readonly Scope[]
  readonly organization: Pick<Membership, 'name'> | 'not_a_member' | undefined
}

export const confirmDevicePage = (init: ConfirmDevicePage): Page => {
  const { locale, action, csrf, handle, clientName, userCode, email, scopes, organization } = init
  const { device: words, consent } = phrases[locale]
  const isMember = organization !== 'not_a_member'
  return {
    locale,
    title: fill(words.confirmHeading, { client: clientName }),
    body: [
      email !== undefined && paragraph(fill(consent.signedInAs, { email })),
      isMember &&
        organization !== undefined &&
        paragraph(fill(consent.actsFor, { organization: organization.name })),
      paragraph(fill(words.confirmAdvice, { client: clientName })),
      paragraph(html`<strong class="code">${showUserCode(userCode)}</strong>`),
      scopes.length > 0 && [paragraph(words.asks), scopeList(scopes, locale)],
      alert({ text: isMember ? words.warning : words.notAMember }),
      form({
        action,
        hidden: { csrf, flow: handle },
        content: buttons(
          ...(isMember ? [{ label: words.allow, sends: { name: 'decision', value: 'allow' } }] : []),
          { label: words.deny, sends: { name: 'decision', value: 'deny' }, other: true },
        ),
      }),
    ],
  }
}

export const decidedPage = (locale: Locale, decision: 'allowed' | 'denied'): Page => {
  const words = phrases[locale].device
  return { locale, title: words[`${decision}Heading`], body: done(words[decision]) }
}
