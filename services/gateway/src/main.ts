import { runService } from '@latchkey/runtime/lifecycle'
import { compose } from './compose.ts'
import { loadGatewayConfig } from './config.ts'

await runService('gateway', ({ env, logger }) => compose(loadGatewayConfig(env), logger))
