/**
 * Email addresses: which ones are accepted, how they are written, and which ones mean the same account. The
 * local part is a dot-atom of ASCII (quoted strings, comments, address literals and SMTPUTF8 are refused: mails
 * to them get lost); a domain in any script becomes A-labels. @see RFC 5321 §4.1.2, §4.5.3.1, RFC 5891
 */
import { domainToASCII } from 'node:url'
import type { Brand } from '@latchkey/runtime/ids'
import { composeUpTo } from './normal-form.ts'
import { accepted, type Checked, refused } from './violation.ts'

/** As the user wrote it but for its domain, which is in A-labels: where mails go. */
export type EmailAddress = Brand<string, 'EmailAddress'>

/** What makes two addresses the same account: the address in lower case. */
export type EmailKey = Brand<string, 'EmailKey'>

// RFC 5321 §4.5.3.1.1; 254 is what the 256 of a path in §4.5.3.1.3 leave for the address.
const localPartLimit = 64
const addressLimit = 254

const localPart = /^[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*$/
const label = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/
const topLevelLabel = /^(?:[a-z]{2,63}|xn--[a-z0-9-]{2,59})$/

const invalid = refused({ code: 'email_invalid', message: 'must be an email address like user@example.com' })
const tooLong = refused({
  code: 'email_too_long',
  message: `must have at most ${addressLimit} characters, ${localPartLimit} of them before the @`,
  limit: addressLimit,
})

export const parseEmailAddress = (text: string): Checked<EmailAddress> => {
  const address = composeUpTo(addressLimit, text.trim())
  // Longer text costs no further look: what follows is linear, but the input is anybody's.
  if (address === undefined || address.length > addressLimit) return tooLong
  const at = address.lastIndexOf('@')
  const local = address.slice(0, Math.max(at, 0))
  const domain = asciiDomain(address.slice(at + 1))
  if (!localPart.test(local) || domain === undefined) return invalid
  if (local.length > localPartLimit || local.length + 1 + domain.length > addressLimit) return tooLong
  return accepted(`${local}@${domain}` as EmailAddress)
}

/** `Jo@Example.com` and `jo@example.com` are one account. The address itself keeps its case: RFC 5321 §2.4. */
export const emailKeyOf = (address: EmailAddress): EmailKey => address.toLowerCase() as string as EmailKey

// `domainToASCII` follows the URL standard, which also reads `%41.com` and `0x7f.1` as hosts: no address has them.
const asciiDomain = (text: string): string | undefined => {
  if (/[\s%/\\?#:@[\]<>^|]/.test(text)) return undefined
  const labels = domainToASCII(text).split('.')
  const isHost = labels.length >= 2 && labels.every(each => label.test(each))
  return isHost && topLevelLabel.test(labels.at(-1) ?? '') ? labels.join('.') : undefined
}
