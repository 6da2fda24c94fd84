/** What a resource server needs to accept Latchkey's access tokens: here for Express, Connect and bare `node:http`. */
export { bearerOf } from './bearer.ts'
export * from './core.ts'
export {
  claimsOf,
  requireAuthentication,
  requireAuthority,
  requireBearer,
  requireScope,
} from './require-bearer.ts'
