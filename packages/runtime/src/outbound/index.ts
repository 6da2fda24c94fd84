export * from './outbound-error.ts'
export * from './outbound-fetch.ts'
export { parseOutboundUrl } from './outbound-url.ts'
