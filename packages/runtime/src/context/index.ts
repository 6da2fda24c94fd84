export * from './request-context.ts'
export { parseTraceparent, type TraceParent } from './traceparent.ts'
