/** A machine that gets itself a token: the shortest way through the token endpoint. */
import { referenceClients } from '@latchkey/testkit/reference-provider'
import { measureHttpEcho } from '../floors/http-echo.ts'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import { basicOf, registerClient } from '../oauth/register-client.ts'
import { measurePeer } from '../peers/measure-peer.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 32
const form = { grant_type: 'client_credentials' }

const repeat = (lane: Lane): Lane[] => Array.from({ length: lanes }, () => lane)

export const clientCredentials: Scenario = {
  name: 'client-credentials',
  what: 'the client credentials grant',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const client = await registerClient(gateway, { grant_types: ['client_credentials'], redirect_uris: [] })
    const ours = repeat({ kind: 'form', path: '/oauth/token', form, basic: basicOf(client) })
    const measured = await load({ origin: gateway, lanes: ours, servers: suite.servers })
    const echo = await measureHttpEcho(ours)
    const peer = await measurePeer(async () =>
      repeat({ kind: 'form', path: '/token', form, basic: basicOf(referenceClients.machine) }),
    )
    return operations({ scenario: 'client-credentials', measured, floors: [echo, peer], goal: 4_000 })
  },
}
