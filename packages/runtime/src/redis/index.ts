export * from './errors.ts'
export * from './redis.ts'
