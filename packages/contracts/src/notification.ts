/** latchkey.notification.v1.NotificationService: its client, its server binding and its messages. */
import {
  bindService,
  createGrpcClient,
  type GrpcClient,
  type GrpcClientInit,
  loadService,
  type ServiceBindingOptions,
  type UnaryHandlers,
} from '@latchkey/runtime/grpc'
import type { NotificationServiceDefinition } from './generated/latchkey/notification/v1/NotificationService.ts'

export type {
  SendMessageRequest,
  SendMessageRequest__Output,
} from './generated/latchkey/notification/v1/SendMessageRequest.ts'
export type {
  SendMessageResponse,
  SendMessageResponse__Output,
} from './generated/latchkey/notification/v1/SendMessageResponse.ts'

export const notificationServiceDefinition = loadService<NotificationServiceDefinition>(
  'latchkey/notification/v1/notification_service.proto',
  'latchkey.notification.v1.NotificationService',
)

export type NotificationClient = GrpcClient<NotificationServiceDefinition>

/** Makes a client of the notification service; each call throws `RpcFailure`. */
export const createNotificationClient = (init: Omit<GrpcClientInit, 'serverName'>): NotificationClient =>
  createGrpcClient(notificationServiceDefinition, { ...init, serverName: 'notification' })

export type NotificationHandlers = UnaryHandlers<NotificationServiceDefinition>

/** Binds handlers to the service, for `startGrpcServer`. */
export const bindNotificationService = (handlers: NotificationHandlers, options?: ServiceBindingOptions) =>
  bindService(notificationServiceDefinition, handlers, options)
