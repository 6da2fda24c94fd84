export * from './closing.ts'
export * from './run-service.ts'
