export * from './catalogue.ts'
export { errorDescriptionOf } from './error-description.ts'
export * from './problem.ts'
