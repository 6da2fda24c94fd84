/** A mail as it is shown: parsed, with the links that a reader could follow. */
import { randomUUID } from 'node:crypto'
import { type AddressObject, simpleParser } from 'mailparser'

export interface Message {
  readonly id: string
  readonly from: string
  /** The addresses of the envelope, comma-separated: who really gets it, blind copies included. */
  readonly to: string
  readonly subject: string
  readonly text: string
  readonly html: string
  /** http and https links of both bodies, each once, in the order in which they appear. */
  readonly links: readonly string[]
  readonly received_at: string
}

export interface ReceivedMail {
  readonly raw: Buffer
  readonly recipients: readonly string[]
  readonly receivedAt: Date
}

/** Never rejects for an odd mail: what can't be parsed is shown empty. */
export const parseMessage = async ({ raw, recipients, receivedAt }: ReceivedMail): Promise<Message> => {
  const mail = await simpleParser(raw, { skipTextToHtml: true, skipTextLinks: true })
  const html = mail.html || ''
  const text = mail.text ?? ''
  return {
    id: randomUUID(),
    from: addresses(mail.from),
    to: recipients.join(', '),
    subject: mail.subject ?? '',
    text,
    html,
    links: [...new Set([...hrefsOf(html), ...urlsOf(text)])],
    received_at: receivedAt.toISOString(),
  }
}

const addresses = (field: AddressObject | undefined): string =>
  field?.value.map(({ address }) => address ?? '').join(', ') ?? ''

const hrefsOf = (html: string): string[] =>
  [...html.matchAll(/\bhref\s*=\s*(?:"([^"]*)"|'([^']*)')/gi)]
    .map(([, double, single]) => decodeEntities(double ?? single ?? ''))
    .filter(isWebLink)

// A URL at the end of a sentence does not own the full stop, nor the bracket around it.
const urlsOf = (text: string): string[] =>
  (text.match(/https?:\/\/[^\s<>"']+/g) ?? []).map(url => url.replace(/[.,;:!?)\]]+$/, ''))

const isWebLink = (url: string): boolean => /^https?:\/\//i.test(url)

const entities: Readonly<Record<string, string>> = { amp: '&', quot: '"', apos: "'", lt: '<', gt: '>' }

const decodeEntities = (text: string): string =>
  text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(amp|quot|apos|lt|gt));/gi, (_, hex, decimal, name) =>
    name === undefined
      ? String.fromCodePoint(hex === undefined ? Number(decimal) : Number.parseInt(hex, 16))
      : (entities[String(name).toLowerCase()] ?? ''),
  )
