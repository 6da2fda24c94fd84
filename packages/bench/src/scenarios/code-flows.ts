/** An authorization request in a browser that is signed in, and its code exchanged: two requests, three tokens. */
import { measureHttpEcho } from '../floors/http-echo.ts'
import { load } from '../load/load.ts'
import { codeFlowLanes, signInOurs, signInPeers } from '../oauth/apps.ts'
import { measurePeer } from '../peers/measure-peer.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 16

export const codeFlows: Scenario = {
  name: 'code-flows',
  what: 'authorization code flows of browsers that are signed in',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const ours = codeFlowLanes(await signInOurs(gateway, lanes))
    const measured = await load({ origin: gateway, lanes: ours, servers: suite.servers })
    const echo = await measureHttpEcho(ours.map(() => ({ kind: 'get', path: '/' })))
    const peer = await measurePeer(async origin => codeFlowLanes(await signInPeers(origin, lanes)))
    return operations({ scenario: 'code-flows', measured, floors: [echo, peer], goal: 1_500 })
  },
}
