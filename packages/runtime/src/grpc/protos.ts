/** Loads the protocols of `protos/`, with the one set of options that the generated types assume. */
import { fileURLToPath } from 'node:url'
import type { ServiceDefinition } from '@grpc/grpc-js'
import { loadSync, type PackageDefinition } from '@grpc/proto-loader'

const protosDir = fileURLToPath(new URL('../../../../protos', import.meta.url))

/**
 * Everything that a proto file defines, by full name.
 * @param path relative to `protos/`: latchkey/session/v1/session_service.proto
 */
export const loadProto = (path: string): PackageDefinition =>
  loadSync(path, {
    includeDirs: [protosDir],
    longs: Number,
    enums: String,
    defaults: true,
    oneofs: true,
  })

/**
 * The definition of one service, under the type that was generated from the same file.
 * @param name its full name: latchkey.session.v1.SessionService
 * @throws Error where the file defines no such service
 */
export const loadService = <Definition extends ServiceDefinition>(path: string, name: string): Definition => {
  const found = loadProto(path)[name]
  if (found === undefined || 'format' in found) throw new Error(`${path} defines no service ${name}`)
  return found as ServiceDefinition as Definition
}
