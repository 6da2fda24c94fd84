/**
 * How many mails strangers can have sent: to one recipient, about one account, from one address and from the network around
 * it, each in an hour. Beyond, the answer stays the same and the mail does not go.
 */
import { type Cidr, isInNetworks, parseAddress } from '@latchkey/runtime/networks'

export const quotaKinds = ['recipient', 'subject', 'address', 'network'] as const
export type QuotaKind = (typeof quotaKinds)[number]

/** Mails an hour. */
export type MailQuotas = Readonly<Record<QuotaKind, number>>

/** Whom a mail counts for; undefined counts for nobody. */
export type Counted = Readonly<Record<QuotaKind, string | undefined>>

/** What an address counts for as a recipient: `jo+a@` and `jo+b@` are one mailbox, and anybody may write a tag. @see RFC 5233 §1 */
export const mailboxOf = (email: string): string => email.toLowerCase().replace(/^([^+@]+)\+[^@]*/, '$1')

/** Who moves within a network of their own is still one: a household has a /64, and an office often a /24. */
const networkBits = { ipv4: 24, ipv6: 64 } as const

/** `203.0.113.0/24` or `2001:db8:0:1:0:0:0:0/64` for an address in it; undefined for what is none. */
export const networkOf = (address: string): string | undefined => {
  const parsed = parseAddress(address)
  if (parsed === undefined) return undefined
  const bits = networkBits[parsed.kind()]
  const bytes = parsed.toByteArray().map((byte, at) => (at < bits / 8 ? byte : 0))
  return parsed.kind() === 'ipv4'
    ? `${bytes.join('.')}/${bits}`
    : `${Buffer.from(bytes).toString('hex')}/${bits}`
}

/** What an address counts for; one that no limit applies to counts for nothing. */
export const countedAddress = (
  address: string,
  allowlist: readonly Cidr[],
): { readonly address: string | undefined; readonly network: string | undefined } => {
  const parsed = parseAddress(address)
  if (parsed === undefined || isInNetworks(address, allowlist))
    return { address: undefined, network: undefined }
  return { address: parsed.toString(), network: networkOf(address) }
}

/** The first quota that has no room for another mail. */
export const findFullQuota = (
  sent: Readonly<Record<QuotaKind, number>>,
  quotas: MailQuotas,
): QuotaKind | undefined => quotaKinds.find(kind => sent[kind] >= quotas[kind])
