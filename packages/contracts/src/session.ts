/** latchkey.session.v1.SessionService: its client, its server binding and its messages. */
import {
  bindService,
  createGrpcClient,
  type GrpcClient,
  type GrpcClientInit,
  loadService,
  type ServiceBindingOptions,
  type UnaryHandlers,
} from '@latchkey/runtime/grpc'
import type { SessionServiceDefinition } from './generated/latchkey/session/v1/SessionService.ts'

export type { Activity, Activity__Output } from './generated/latchkey/session/v1/Activity.ts'
export type {
  ConfirmSessionRequest,
  ConfirmSessionRequest__Output,
} from './generated/latchkey/session/v1/ConfirmSessionRequest.ts'
export type {
  ConfirmSessionResponse,
  ConfirmSessionResponse__Output,
} from './generated/latchkey/session/v1/ConfirmSessionResponse.ts'
export type {
  CreateSessionRequest,
  CreateSessionRequest__Output,
} from './generated/latchkey/session/v1/CreateSessionRequest.ts'
export type {
  CreateSessionResponse,
  CreateSessionResponse__Output,
} from './generated/latchkey/session/v1/CreateSessionResponse.ts'
export type { EndReason, EndReason__Output } from './generated/latchkey/session/v1/EndReason.ts'
export type {
  EndSessionRequest,
  EndSessionRequest__Output,
} from './generated/latchkey/session/v1/EndSessionRequest.ts'
export type {
  EndSessionResponse,
  EndSessionResponse__Output,
} from './generated/latchkey/session/v1/EndSessionResponse.ts'
export type {
  EndUserSessionsRequest,
  EndUserSessionsRequest__Output,
} from './generated/latchkey/session/v1/EndUserSessionsRequest.ts'
export type {
  EndUserSessionsResponse,
  EndUserSessionsResponse__Output,
} from './generated/latchkey/session/v1/EndUserSessionsResponse.ts'
export type {
  GetSessionRequest,
  GetSessionRequest__Output,
} from './generated/latchkey/session/v1/GetSessionRequest.ts'
export type {
  GetSessionResponse,
  GetSessionResponse__Output,
} from './generated/latchkey/session/v1/GetSessionResponse.ts'
export type { KnownAddress, KnownAddress__Output } from './generated/latchkey/session/v1/KnownAddress.ts'
export type {
  ListKnownAddressesRequest,
  ListKnownAddressesRequest__Output,
} from './generated/latchkey/session/v1/ListKnownAddressesRequest.ts'
export type {
  ListKnownAddressesResponse,
  ListKnownAddressesResponse__Output,
} from './generated/latchkey/session/v1/ListKnownAddressesResponse.ts'
export type {
  ListSessionsRequest,
  ListSessionsRequest__Output,
} from './generated/latchkey/session/v1/ListSessionsRequest.ts'
export type {
  ListSessionsResponse,
  ListSessionsResponse__Output,
} from './generated/latchkey/session/v1/ListSessionsResponse.ts'
export type {
  ListTerminationsRequest,
  ListTerminationsRequest__Output,
} from './generated/latchkey/session/v1/ListTerminationsRequest.ts'
export type {
  ListTerminationsResponse,
  ListTerminationsResponse__Output,
} from './generated/latchkey/session/v1/ListTerminationsResponse.ts'
export type {
  RecordActivityRequest,
  RecordActivityRequest__Output,
} from './generated/latchkey/session/v1/RecordActivityRequest.ts'
export type {
  RecordActivityResponse,
  RecordActivityResponse__Output,
} from './generated/latchkey/session/v1/RecordActivityResponse.ts'
export type {
  Session as ListedSession,
  Session__Output as ListedSession__Output,
} from './generated/latchkey/session/v1/Session.ts'
export type { SessionState, SessionState__Output } from './generated/latchkey/session/v1/SessionState.ts'
export type { Termination, Termination__Output } from './generated/latchkey/session/v1/Termination.ts'

export const sessionServiceDefinition = loadService<SessionServiceDefinition>(
  'latchkey/session/v1/session_service.proto',
  'latchkey.session.v1.SessionService',
)

export type SessionClient = GrpcClient<SessionServiceDefinition>

/** Makes a client of the session service; each call throws `RpcFailure`. */
export const createSessionClient = (init: Omit<GrpcClientInit, 'serverName'>): SessionClient =>
  createGrpcClient(sessionServiceDefinition, { ...init, serverName: 'session' })

export type SessionHandlers = UnaryHandlers<SessionServiceDefinition>

/** Binds handlers to the service, for `startGrpcServer`. */
export const bindSessionService = (handlers: SessionHandlers, options?: ServiceBindingOptions) =>
  bindService(sessionServiceDefinition, handlers, options)
