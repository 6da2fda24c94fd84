/** latchkey.token.v1.TokenService: its client, its server binding and its messages. */
import {
  bindService,
  createGrpcClient,
  type GrpcClient,
  type GrpcClientInit,
  loadService,
  type ServiceBindingOptions,
  type UnaryHandlers,
} from '@latchkey/runtime/grpc'
import type { TokenServiceDefinition } from './generated/latchkey/token/v1/TokenService.ts'

export type {
  AuthorizeAdminRequest,
  AuthorizeAdminRequest__Output,
} from './generated/latchkey/token/v1/AuthorizeAdminRequest.ts'
export type {
  AuthorizeAdminResponse,
  AuthorizeAdminResponse__Output,
} from './generated/latchkey/token/v1/AuthorizeAdminResponse.ts'
export type {
  BeginBrowserSessionRequest,
  BeginBrowserSessionRequest__Output,
} from './generated/latchkey/token/v1/BeginBrowserSessionRequest.ts'
export type {
  BeginBrowserSessionResponse,
  BeginBrowserSessionResponse__Output,
} from './generated/latchkey/token/v1/BeginBrowserSessionResponse.ts'
export type {
  DeleteSubjectRequest,
  DeleteSubjectRequest__Output,
} from './generated/latchkey/token/v1/DeleteSubjectRequest.ts'
export type {
  DeleteSubjectResponse,
  DeleteSubjectResponse__Output,
} from './generated/latchkey/token/v1/DeleteSubjectResponse.ts'
export type {
  EndOfflineAccessRequest,
  EndOfflineAccessRequest__Output,
} from './generated/latchkey/token/v1/EndOfflineAccessRequest.ts'
export type {
  EndOfflineAccessResponse,
  EndOfflineAccessResponse__Output,
} from './generated/latchkey/token/v1/EndOfflineAccessResponse.ts'
export type {
  GetAuthorizationFlowRequest,
  GetAuthorizationFlowRequest__Output,
} from './generated/latchkey/token/v1/GetAuthorizationFlowRequest.ts'
export type {
  GetAuthorizationFlowResponse,
  GetAuthorizationFlowResponse__Output,
} from './generated/latchkey/token/v1/GetAuthorizationFlowResponse.ts'
export type {
  GetBrowserSessionRequest,
  GetBrowserSessionRequest__Output,
} from './generated/latchkey/token/v1/GetBrowserSessionRequest.ts'
export type {
  GetBrowserSessionResponse,
  GetBrowserSessionResponse__Output,
} from './generated/latchkey/token/v1/GetBrowserSessionResponse.ts'
export type {
  GetSignedOutPageRequest,
  GetSignedOutPageRequest__Output,
} from './generated/latchkey/token/v1/GetSignedOutPageRequest.ts'
export type {
  GetSignedOutPageResponse,
  GetSignedOutPageResponse__Output,
} from './generated/latchkey/token/v1/GetSignedOutPageResponse.ts'
export type {
  IssueTokensRequest,
  IssueTokensRequest__Output,
} from './generated/latchkey/token/v1/IssueTokensRequest.ts'
export type {
  IssueTokensResponse,
  IssueTokensResponse__Output,
} from './generated/latchkey/token/v1/IssueTokensResponse.ts'
export type { Membership, Membership__Output } from './generated/latchkey/token/v1/Membership.ts'
export type { Subject, Subject__Output } from './generated/latchkey/token/v1/Subject.ts'
export type {
  UpdateSubjectRequest,
  UpdateSubjectRequest__Output,
} from './generated/latchkey/token/v1/UpdateSubjectRequest.ts'
export type {
  UpdateSubjectResponse,
  UpdateSubjectResponse__Output,
} from './generated/latchkey/token/v1/UpdateSubjectResponse.ts'
export type {
  UpdateSubjectsRequest,
  UpdateSubjectsRequest__Output,
} from './generated/latchkey/token/v1/UpdateSubjectsRequest.ts'
export type {
  UpdateSubjectsResponse,
  UpdateSubjectsResponse__Output,
} from './generated/latchkey/token/v1/UpdateSubjectsResponse.ts'

export const tokenServiceDefinition = loadService<TokenServiceDefinition>(
  'latchkey/token/v1/token_service.proto',
  'latchkey.token.v1.TokenService',
)

export type TokenClient = GrpcClient<TokenServiceDefinition>

/** Makes a client of the token service; each call throws `RpcFailure`. */
export const createTokenClient = (init: Omit<GrpcClientInit, 'serverName'>): TokenClient =>
  createGrpcClient(tokenServiceDefinition, { ...init, serverName: 'token' })

export type TokenHandlers = UnaryHandlers<TokenServiceDefinition>

/** Binds handlers to the service, for `startGrpcServer`. */
export const bindTokenService = (handlers: TokenHandlers, options?: ServiceBindingOptions) =>
  bindService(tokenServiceDefinition, handlers, options)
