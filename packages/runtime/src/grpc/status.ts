/** The gRPC statuses by name, as they stand in our tables and logs. */
import { status } from '@grpc/grpc-js'

/** Every status of a call that failed. */
export type RpcStatus = Exclude<keyof typeof status, 'OK'>

/** The name of a status number; UNKNOWN for one that gRPC does not define. */
export const statusName = (code: number): RpcStatus => {
  const name = (status[code] ?? 'UNKNOWN') as keyof typeof status
  return name === 'OK' ? 'UNKNOWN' : name
}

export const statusCode = (name: RpcStatus): status => status[name]
