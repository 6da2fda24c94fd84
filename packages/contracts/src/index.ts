/**
 * What services agree on: their gRPC (typed clients, typed server bindings, messages, conversions), and the first-party
 * bearers that all of them judge alike.
 */
export * from './activity-recorder.ts'
export * from './bearers/index.ts'
export { type BrowserCookies, browserCookiesOf } from './browser-cookies.ts'
export { type EndReasonName, endReasons, fromEndReason, toEndReason } from './end-reasons.ts'
export { createFindSessionState } from './find-session-state.ts'
export * from './notification.ts'
export * from './session.ts'
export { sessionEvents } from './session-events.ts'
export { fromTimestamp, getInstant, toTimestamp } from './timestamps.ts'
export * from './token.ts'
