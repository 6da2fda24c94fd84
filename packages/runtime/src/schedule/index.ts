export * from './cleanup-lag.ts'
export * from './in-batches.ts'
export * from './schedule.ts'
