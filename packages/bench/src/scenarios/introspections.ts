/** A resource server that asks about the same tokens again and again. */
import { referenceClients } from '@latchkey/testkit/reference-provider'
import { measureHttpEcho } from '../floors/http-echo.ts'
import { load } from '../load/load.ts'
import type { Lane } from '../load/protocol.ts'
import { basicOf, registerClient, requestToken } from '../oauth/register-client.ts'
import { measurePeer } from '../peers/measure-peer.ts'
import { operations } from './operations.ts'
import type { Scenario } from './scenario.ts'

const lanes = 32

/** Each lane asks about a token of its own. */
const lanesOf = async (
  origin: string,
  paths: { readonly token: string; readonly introspect: string },
  basic: string,
): Promise<Lane[]> => {
  const made: Lane[] = []
  while (made.length < lanes) {
    const tokenUrl = new URL(paths.token, origin).href
    const { access_token } = await requestToken(tokenUrl, { grant_type: 'client_credentials' }, basic)
    made.push({ kind: 'form', path: paths.introspect, form: { token: access_token }, basic })
  }
  return made
}

export const introspections: Scenario = {
  name: 'introspections',
  what: 'introspection of access tokens',
  needs: 'suite',
  run: async ({ suite }) => {
    const { gateway } = suite.info
    const client = await registerClient(gateway, { grant_types: ['client_credentials'], redirect_uris: [] })
    const paths = { token: '/oauth/token', introspect: '/oauth/introspect' }
    const ours = await lanesOf(gateway, paths, basicOf(client))
    const measured = await load({ origin: gateway, lanes: ours, servers: suite.servers })
    const echo = await measureHttpEcho(ours)
    const peer = await measurePeer(origin =>
      lanesOf(
        origin,
        { token: '/token', introspect: '/token/introspection' },
        basicOf(referenceClients.introspector),
      ),
    )
    return operations({ scenario: 'introspections', measured, floors: [echo, peer], goal: 5_000 })
  },
}
