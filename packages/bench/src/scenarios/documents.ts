/** GET /.well-known/jwks.json: what the way through the gateway costs, with next to nothing at its end. */
import { measureHttpEcho } from '../floors/http-echo.ts'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes: readonly Lane[] = Array.from({ length: 32 }, () => ({
  kind: 'get',
  path: '/.well-known/jwks.json',
}))

export const documents: Scenario = {
  name: 'documents',
  what: 'GET /.well-known/jwks.json: limit and one hop',
  needs: 'suite',
  run: async ({ suite }) => {
    const measured = await load({ origin: suite.info.gateway, lanes, servers: suite.servers })
    return operations({ scenario: 'documents', measured, floors: [await measureHttpEcho(lanes)] })
  },
}
