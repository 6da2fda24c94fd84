export * from './announce-stop.ts'
export * from './closing.ts'
export * from './run-service.ts'
