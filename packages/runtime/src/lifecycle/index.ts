export * from './announce-stop.ts'
export * from './closing.ts'
export * from './open-service.ts'
export * from './run-service.ts'
