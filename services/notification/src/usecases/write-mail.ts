/** From a claimed delivery to the mail that goes to the mail server, headers and all. */
import type { ClaimedDelivery } from '../domain/delivery.ts'
import type { Mail } from '../domain/mail.ts'
import type { createMailRenderer } from '../templates/render-mail.ts'
import { isTemplateName, templateOf } from '../templates/templates.ts'

export type UnwritableReason = 'unknown_template' | 'sealed_data_unreadable' | 'sealed_data_incomplete'

/** This worker can't write the mail. Another version of it, or another key, may: worth a later attempt. */
export class UnwritableMail extends Error {
  override readonly name = 'UnwritableMail'
  readonly reason: UnwritableReason

  constructor(reason: UnwritableReason) {
    super(`the mail can't be written: ${reason.replaceAll('_', ' ')}`)
    this.reason = reason
  }
}

export interface WriteMailDeps {
  readonly render: ReturnType<typeof createMailRenderer>
  readonly unseal: (sealedData: string) => Promise<Record<string, string>>
  /** The right half of the Message-ID. */
  readonly messageIdDomain: string
}

/** @throws UnwritableMail */
export const createWriteMail =
  ({ render, unseal, messageIdDomain }: WriteMailDeps) =>
  async (delivery: ClaimedDelivery): Promise<Mail> => {
    const { id, messageId, template, recipient } = delivery
    if (!isTemplateName(template)) throw new UnwritableMail('unknown_template')
    const secrets = await open(delivery.sealedData, unseal)
    if (!templateOf(template).sealed.every(name => secrets[name] !== undefined)) {
      throw new UnwritableMail('sealed_data_incomplete')
    }
    const { locale, subject, text, html } = render({ ...delivery, template, secrets })
    return {
      messageId: `<${id}@${messageIdDomain}>`,
      to: recipient,
      subject,
      text,
      html,
      headers: {
        'Content-Language': locale,
        // RFC 3834 §5: no vacation notice answers it. Exchange listens to its own header.
        'Auto-Submitted': 'auto-generated',
        'X-Auto-Response-Suppress': 'All',
        // Two resets are two conversations, not one thread with the older link on top.
        'X-Entity-Ref-ID': messageId,
      },
    }
  }

/** The cause is dropped on purpose: a parser's message may quote the secret that it stumbled over. */
const open = async (
  sealedData: string | null,
  unseal: WriteMailDeps['unseal'],
): Promise<Record<string, string>> => {
  if (sealedData === null) return {}
  try {
    return await unseal(sealedData)
  } catch {
    throw new UnwritableMail('sealed_data_unreadable')
  }
}
