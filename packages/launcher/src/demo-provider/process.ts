/**
 * The demo provider's process: `oidc-provider` as it is, with its in-memory store, one client, and a page that asks who it
 * is each time. Says its port to its parent, and ends with it; nothing that it holds outlives it.
 */
import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { interactionPolicy, type JWK, Provider } from 'oidc-provider'
import { signInPage } from './page.ts'
import { createPeople } from './people.ts'
import type { DemoSetup } from './setup.ts'

const [setup]: [DemoSetup] = await (once(process, 'message') as Promise<[DemoSetup]>)
process.on('disconnect', () => process.exit())

const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2_048 })
const signingKey = { ...privateKey.export({ format: 'jwk' }), alg: 'RS256', use: 'sig' } as JWK

const people = createPeople()

// Who it is, is asked each time: several people share the browser of whoever develops. What they allow, is not.
const { base, Check } = interactionPolicy
const policy = base()
policy.remove('consent')
policy
  .get('login')
  ?.checks.add(
    new Check('asked_each_time', 'Who it is, is asked each time', ctx =>
      ctx.oidc.result?.login === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
  )

const provider = new Provider(setup.issuer, {
  clients: [
    {
      client_id: setup.client.id,
      client_secret: setup.client.secret,
      redirect_uris: [setup.client.redirectUri],
      grant_types: ['authorization_code'],
      response_types: ['code'],
    },
  ],
  jwks: { keys: [signingKey] },
  cookies: { keys: [setup.client.secret] },
  responseTypes: ['code'],
  claims: { openid: ['sub'], email: ['email', 'email_verified'], profile: ['name'] },
  pkce: { required: () => true },
  features: { devInteractions: { enabled: false } },
  findAccount: (_ctx, sub) => {
    const person = people.find(sub)
    return person && { accountId: sub, claims: () => ({ ...person }) }
  },
  interactions: { policy, url: (_ctx, { uid }) => `/interaction/${uid}` },
  loadExistingGrant: async ctx => {
    const grant = new ctx.oidc.provider.Grant({
      clientId: ctx.oidc.client?.clientId ?? '',
      accountId: ctx.oidc.session?.accountId ?? '',
    })
    grant.addOIDCScope('openid email profile')
    await grant.save()
    return grant
  },
})

const interact = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
  const { uid } = await provider.interactionDetails(req, res)
  if (req.method !== 'POST') {
    res.writeHead(200, { 'Content-Type': 'text/html; charset=utf-8', 'Cache-Control': 'no-store' })
    res.end(signInPage(`/interaction/${uid}`))
    return
  }
  const form = new URLSearchParams(await text(req))
  const result =
    form.get('decision') === 'deny'
      ? { error: 'access_denied', error_description: 'The user said no' }
      : { login: { accountId: people.arrive(form).sub, remember: false } }
  await provider.interactionFinished(req, res, result)
}

const handle = provider.callback()
const server = createServer((req, res) => {
  if (req.url?.startsWith('/interaction/') !== true) return void handle(req, res)
  interact(req, res).catch(() => {
    // Loaded again after it was over, most often.
    if (!res.headersSent) res.writeHead(400, { 'Content-Type': 'text/plain' })
    res.end('This sign-in is over. Go back to where you came from.\n')
  })
})
server.listen(0, '127.0.0.1', () => process.send?.((server.address() as AddressInfo).port))
