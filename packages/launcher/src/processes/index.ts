/** Child processes that are kept alive: started, watched, restarted, stopped in time. */
export { onLines } from './lines.ts'
export { freePort, isPortFree } from './ports.ts'
export type { ProcessPlan } from './process-plan.ts'
export { isAboutSettings, SettingsRefused, StartFailed } from './start-failed.ts'
export { createProcess, type ProcessEvents, type SupervisedProcess } from './supervised-process.ts'
