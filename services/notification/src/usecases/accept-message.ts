/**
 * Accepts a message: from here on it will be sent, or its failure recorded. What could never be sent is refused
 * now, while the sender still listens.
 */
import { currentContext } from '@latchkey/runtime/context'
import { createUuid, isUuid } from '@latchkey/runtime/ids'
import type { DeliveryId, MessageId } from '../domain/ids.ts'
import type { NewMessage } from '../domain/message.ts'
import { isRecipient } from '../domain/recipient.ts'
import { isSealedData } from '../domain/sealed-data.ts'
import { MessageError } from '../errors.ts'
import { isTemplateName, templateOf } from '../templates/templates.ts'

export interface MessageInput {
  /** The sender's idempotency key, a UUID. */
  readonly messageId: string
  readonly template: string
  readonly recipient: string
  /** BCP 47, or empty. */
  readonly locale: string
  readonly data: Readonly<Record<string, string>>
  /** A compact JWE, or empty. */
  readonly sealedData: string
  /** One that has passed is accepted too, and recorded as expired: asking again would not make it younger. */
  readonly expiresAt: Date | undefined
}

export interface AcceptMessageDeps {
  readonly messages: {
    /** Stores a message with its delivery and the order to queue it, once for each id. */
    insert(message: NewMessage): Promise<'accepted' | 'duplicate'>
  }
  /** Called after the commit: the outbox has something to relay. */
  readonly onAccepted: () => void
  /** How long a message without an end of its own is tried. */
  readonly maxAgeMs: number
  readonly now: () => Date
}

const maxDataBytes = 16 * 1024
// Long enough for every tag in use; what is longer is no language.
const maxLocaleLength = 35

/**
 * A message with an id that was accepted before changes nothing.
 * @throws MessageError for what could never be sent
 */
export const createAcceptMessage =
  ({ messages, onAccepted, maxAgeMs, now }: AcceptMessageDeps) =>
  async (input: MessageInput): Promise<'accepted' | 'duplicate'> => {
    const problem = problemOf(input)
    if (problem !== undefined) throw new MessageError(problem)
    const context = currentContext()
    const outcome = await messages.insert({
      id: input.messageId.toLowerCase() as MessageId,
      deliveryId: createUuid<DeliveryId>(),
      template: input.template,
      recipient: input.recipient,
      locale: input.locale.length > maxLocaleLength ? '' : input.locale,
      data: input.data,
      sealedData: input.sealedData === '' ? undefined : input.sealedData,
      expiresAt: input.expiresAt ?? new Date(now().getTime() + maxAgeMs),
      requestId: context?.requestId,
      traceparent: context?.traceparent,
    })
    if (outcome === 'accepted') onAccepted()
    return outcome
  }

const problemOf = (input: MessageInput): MessageError['reason'] | undefined => {
  const { messageId, template: name, recipient, data, sealedData, expiresAt } = input
  if (!isUuid(messageId)) return 'INVALID_MESSAGE_ID'
  if (!isTemplateName(name)) return 'UNKNOWN_TEMPLATE'
  if (!isRecipient(recipient)) return 'INVALID_RECIPIENT'
  const template = templateOf(name)
  if (sealedData === '' ? template.sealed.length > 0 : !isSealedData(sealedData)) return 'INVALID_SEALED_DATA'
  if (expiresAt === undefined ? template.expires : Number.isNaN(expiresAt.getTime()))
    return 'INVALID_EXPIRES_AT'
  if (Buffer.byteLength(JSON.stringify(data)) + sealedData.length > maxDataBytes) return 'TOO_LARGE'
  return undefined
}
