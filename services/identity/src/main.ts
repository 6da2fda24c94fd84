/** The process of the identity service. */
import { runService } from '@latchkey/runtime/lifecycle'
import { compose } from './compose.ts'

await runService('identity', compose)
