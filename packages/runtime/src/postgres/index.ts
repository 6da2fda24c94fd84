export * from './errors.ts'
export * from './pool.ts'
export * from './session-options.ts'
export * from './transaction.ts'
