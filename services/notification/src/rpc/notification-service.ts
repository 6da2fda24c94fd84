/** NotificationService: proto to use case and back. */
import { fromTimestamp, type NotificationHandlers } from '@latchkey/contracts'
import type { createAcceptMessage } from '../usecases/accept-message.ts'

export interface NotificationServiceDeps {
  readonly acceptMessage: ReturnType<typeof createAcceptMessage>
}

export const createNotificationService = ({
  acceptMessage,
}: NotificationServiceDeps): NotificationHandlers => ({
  sendMessage: async request => {
    await acceptMessage({ ...request, expiresAt: fromTimestamp(request.expiresAt) })
    return {}
  },
})
