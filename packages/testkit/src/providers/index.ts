/** Stand-ins for the providers at which people sign in to come to us. */
export * from './github.ts'
export * from './openid-provider.ts'
export type { StandInServer } from './stand-in-server.ts'
