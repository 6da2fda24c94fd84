export * from './logger.ts'
export { redact, redactText } from './redact.ts'
export { isError, type SerializedError, serializeError } from './serialize-error.ts'
