/** A service to test with, in JSON instead of protobuf: one method is a read, the other may act only once. */
import type { MethodDefinition } from '@grpc/grpc-js'

export interface EchoRequest {
  text: string
}

export interface EchoResponse {
  text: string
}

const encode = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))

const method = (name: string, idempotencyLevel: string): MethodDefinition<EchoRequest, EchoResponse> => ({
  path: `/latchkey.test.v1.EchoService/${name}`,
  requestStream: false,
  responseStream: false,
  requestSerialize: encode,
  requestDeserialize: bytes => JSON.parse(bytes.toString()),
  responseSerialize: encode,
  responseDeserialize: bytes => JSON.parse(bytes.toString()),
  ...{ options: { idempotency_level: idempotencyLevel } },
})

export const echoDefinition = {
  GetEcho: method('GetEcho', 'NO_SIDE_EFFECTS'),
  MakeEcho: method('MakeEcho', 'IDEMPOTENCY_UNKNOWN'),
}
