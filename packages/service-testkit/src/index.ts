export * from './kept-log.ts'
export * from './quiet-logger.ts'
export * from './service-database.ts'
export * from './token-issuer.ts'
