/** The unary methods of a service, as types: what a client can call and what a server must serve. */
import type { MethodDefinition, ServiceDefinition } from '@grpc/grpc-js'

/** The names of a definition's own methods, without its index signature. */
export type MethodName<Definition extends ServiceDefinition> = keyof {
  [Name in keyof Definition as string extends Name ? never : Name extends string ? Name : never]: never
}

/** What a client sends: every field may be left out, as in protobuf. */
export type RequestInput<Method> = Method extends { requestSerialize: (value: infer Input) => Buffer }
  ? Input
  : never

/** What a server gets: every field there, with its default where it was left out. */
export type RequestOutput<Method> = Method extends { requestDeserialize: (bytes: Buffer) => infer Output }
  ? Output
  : never

export type ResponseInput<Method> = Method extends { responseSerialize: (value: infer Input) => Buffer }
  ? Input
  : never

export type ResponseOutput<Method> = Method extends { responseDeserialize: (bytes: Buffer) => infer Output }
  ? Output
  : never

export interface UnaryMethod {
  /** As the proto has it: GetSession. */
  readonly rpc: string
  /** As our functions have it: getSession. */
  readonly name: string
  readonly definition: MethodDefinition<unknown, unknown>
}

/** The unary methods of a definition; streaming ones are left out. */
export const unaryMethods = (service: ServiceDefinition): UnaryMethod[] =>
  Object.entries(service)
    .filter(([, { requestStream, responseStream }]) => !requestStream && !responseStream)
    .map(([rpc, definition]) => ({ rpc, name: rpc.charAt(0).toLowerCase() + rpc.slice(1), definition }))
