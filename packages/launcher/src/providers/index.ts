/** Where Postgres and Redis come from: the URL that was given, or the best that this machine can do. */

export { hasApt, libraryPath, unpackDebianPackages } from './debian-packages.ts'
export { findRedisProgram } from './find-redis.ts'
export { type PreparedPostgres, preparePostgres, removePostgres } from './postgres.ts'
export { ProviderUnavailable } from './provider-unavailable.ts'
export { type PreparedRedis, prepareRedis, stopLeftoverRedis } from './redis.ts'
export type { FindRedisInit, RedisProgram } from './redis-program.ts'
