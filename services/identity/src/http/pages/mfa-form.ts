/** The page of `/mfa`, as it comes first and as it comes back: a code, a recovery code, or a passkey. */
import {
  alert,
  buttons,
  checkbox,
  field,
  fill,
  form,
  type Html,
  html,
  paragraph,
  type SentPage,
  type Ui,
  ways,
} from '@latchkey/ui'
import type { CodeMethod } from '../../usecases/prove-second-factor.ts'
import type { Entrance, Visit } from './entrance.ts'

export const mfaPath = '/mfa'

export interface CodeForm {
  readonly challenge: string
  readonly method: CodeMethod
  readonly rememberDevice: boolean
  readonly errors?: readonly string[]
  readonly alert?: string
  readonly advice?: string
}

/** What completes the sign-in, beside recovery codes. */
export interface ShownFactors {
  readonly hasApp: boolean
  readonly passkeyForm: Html | undefined
}

export interface MfaPageOfDeps {
  readonly ui: Ui
  readonly entrance: Entrance
  /** 0: no device is remembered. */
  readonly rememberDeviceDays: number
  readonly passkeyScript: `/${string}`
}

export const createMfaPageOf =
  ({ ui, entrance, rememberDeviceDays, passkeyScript }: MfaPageOfDeps) =>
  (visit: Visit, { hasApp, passkeyForm }: ShownFactors, sent: CodeForm, status = 200): SentPage => {
    const { words, locale, formAction, hidden, handle } = visit
    const { mfa } = words
    const isRecovery = sent.method === 'recovery_code' || !hasApp
    const other = isRecovery ? 'totp' : 'recovery_code'
    const content = html`${field({
      name: 'code',
      label: isRecovery ? mfa.recoveryCode : mfa.code,
      type: 'text',
      autocomplete: isRecovery ? 'off' : 'one-time-code',
      code: true,
      errors: sent.errors ?? [],
      autofocus: true,
    })}${
      rememberDeviceDays > 0 &&
      checkbox({
        name: 'remember_device',
        label: fill(mfa.remember, { days: String(rememberDeviceDays) }),
        checked: sent.rememberDevice,
      })
    }${buttons({ label: mfa.submit, other: !hasApp })}`
    const otherCode = {
      href: ui.link(mfaPath, { challenge: sent.challenge, flow: handle, method: other }),
      label: isRecovery ? mfa.useTotp : mfa.useRecovery,
    }
    const codeForm = form({
      action: ui.link(mfaPath),
      hidden: { ...hidden, challenge: sent.challenge, method: sent.method },
      content,
    })
    // The passkey comes first where there is no app: a recovery code is for who has lost it.
    const isPasskeyFirst = passkeyForm !== undefined && !hasApp
    const { secondHeading, secondText } = words.passkeys
    const heading = isRecovery ? mfa.recoveryHeading : mfa.heading
    const text = isRecovery ? mfa.recoveryText : mfa.text
    const body = html`${entrance.purposeOf(visit)}${paragraph(isPasskeyFirst ? secondText : text)}${
      sent.alert !== undefined &&
      alert({ text: sent.alert, items: sent.advice === undefined ? [] : [sent.advice] })
    }${isPasskeyFirst && passkeyForm}${codeForm}${!isPasskeyFirst && passkeyForm}${ways([
      ...(hasApp ? [otherCode] : []),
      { href: entrance.loginLink(visit), label: mfa.signInAgain },
    ])}`
    return {
      locale,
      title: isPasskeyFirst ? secondHeading : heading,
      formAction,
      status,
      body,
      script: ui.link(passkeyScript),
    }
  }

export type MfaPageOf = ReturnType<typeof createMfaPageOf>
