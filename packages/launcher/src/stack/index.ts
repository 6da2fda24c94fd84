/** The suite on one machine, for `npm start` and for end-to-end tests. */
export { StartRefused } from './refusals.ts'
export {
  type DatabaseService,
  databaseServices,
  root,
  type ServiceName,
  serviceFolder,
  services,
} from './services.ts'
export type { StackInfo } from './stack-info.ts'
export { type Stack, type StackOptions, startStack } from './start-stack.ts'
