import { createLogger } from '@latchkey/runtime/logger'

/** Says only what a test should not have caused. */
export const quietLogger = createLogger({ service: 'test', level: 'ERROR' })
