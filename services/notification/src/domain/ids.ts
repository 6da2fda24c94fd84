/** The two identities of this service. A message's is made by its sender, a delivery's by us. */
import type { Brand } from '@latchkey/runtime/ids'

export type MessageId = Brand<string, 'MessageId'>
export type DeliveryId = Brand<string, 'DeliveryId'>
