/** What services say to each other over gRPC: typed clients, typed server bindings, messages, conversions. */
export * from './activity-recorder.ts'
export { type EndReasonName, endReasons, fromEndReason, toEndReason } from './end-reasons.ts'
export * from './notification.ts'
export * from './session.ts'
export { fromTimestamp, getInstant, toTimestamp } from './timestamps.ts'
export * from './token.ts'
