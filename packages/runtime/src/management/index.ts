export * from './management.ts'
