/** NotificationService: proto to use case and back. */
import { bindNotificationService, fromTimestamp } from '@latchkey/contracts'
import { toRpcError } from '../errors.ts'
import type { createAcceptMessage } from '../usecases/accept-message.ts'

export interface NotificationServiceDeps {
  readonly acceptMessage: ReturnType<typeof createAcceptMessage>
}

export const createNotificationService = ({ acceptMessage }: NotificationServiceDeps) =>
  bindNotificationService(
    {
      sendMessage: async request => {
        await acceptMessage({ ...request, expiresAt: fromTimestamp(request.expiresAt) })
        return {}
      },
    },
    { toRpcError },
  )
