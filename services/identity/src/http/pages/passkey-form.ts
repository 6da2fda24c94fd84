/**
 * A form for a passkey. Only our script can use it, so only our script shows it (`scripts/passkeys.js`): sent without a
 * credential it is answered with the question for the authenticator, with one it does what it is for.
 */
import { buttons, form, type Html, html } from '@latchkey/ui'
import { z } from 'zod'
import { parseJson } from '../../domain/json-text.ts'
import { assertionCredential, registrationCredential } from '../passkey-schemas.ts'
import type { Words } from './words.ts'

/** In characters: an attestation with all that belongs to it. */
const longestCredential = 32_768

/** JSON in a field, or nothing where the question is asked; `invalid` for what no browser sends. */
const credentialField = <Schema extends z.ZodType>(schema: Schema) =>
  z
    .string()
    .max(longestCredential)
    .default('')
    .transform((text): z.output<Schema> | undefined | 'invalid' => {
      if (text === '') return undefined
      const parsed = schema.safeParse(parseJson(text))
      return parsed.success ? parsed.data : 'invalid'
    })

export const assertionField = credentialField(assertionCredential)
export const registrationField = credentialField(registrationCredential)

export interface PasskeyFormInit {
  readonly action: string
  readonly hidden: Readonly<Record<string, string | undefined>>
  readonly words: Words
  readonly kind: 'create' | 'get'
  readonly label: string
  /** Above the button. */
  readonly content?: Html
  /** The first thing that the page asks for. */
  readonly primary?: boolean
  /** Passkeys are offered in the field for the address, too (conditional mediation). */
  readonly autofill?: boolean
}

export const passkeyForm = ({
  words,
  kind,
  label,
  content,
  primary = kind === 'create',
  autofill = false,
  ...init
}: PasskeyFormInit): Html => {
  const { failed, exists } = words.passkeys
  return form({
    action: init.action,
    hidden: { ...init.hidden, credential: '' },
    scripted: { passkey: kind, failed, exists, ...(autofill && { autofill: '' }) },
    content: html`${content}<p class="error" role="alert" hidden></p>${buttons({ label, other: !primary })}`,
  })
}
