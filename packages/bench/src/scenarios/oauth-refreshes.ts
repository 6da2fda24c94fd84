/** The refresh grant of a public client: every answer is a rotation that is on the disk. */
import { measureHttpEcho } from '../floors/http-echo.ts'
import { load } from '../load/load.ts'
import { refreshLanes, signInOurs, signInPeers } from '../oauth/apps.ts'
import { measurePeer } from '../peers/measure-peer.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 32

export const oauthRefreshes: Scenario = {
  name: 'oauth-refreshes',
  what: 'refreshes at the token endpoint, with rotation',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const ours = refreshLanes(await signInOurs(gateway, lanes))
    const measured = await load({ origin: gateway, lanes: ours, servers: suite.servers })
    const echo = await measureHttpEcho(ours.map(() => ({ kind: 'form', path: '/', form: { a: 'b' } })))
    const peer = await measurePeer(async origin => refreshLanes(await signInPeers(origin, lanes)))
    return operations({ scenario: 'oauth-refreshes', measured, floors: [echo, peer], goal: 2_000 })
  },
}
