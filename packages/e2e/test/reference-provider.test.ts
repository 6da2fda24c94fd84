/**
 * The same bad requests to ours and to the certified oidc-provider: where they differ, the case names the text that says
 * who is right. @see packages/e2e/src/comparison/cases.ts
 */
import { generateKeyPairSync } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import {
  type ReferenceProvider,
  referenceClients,
  startReferenceProvider,
} from '@latchkey/testkit/reference-provider'
import { call } from '../src/call.ts'
import {
  authorizationCases,
  type ComparedCase,
  resourceCases,
  tokenCases,
  type Verdict,
} from '../src/comparison/cases.ts'
import { assertionCases, proofCases } from '../src/comparison/proof-cases.ts'
import { type ComparedProvider, type Outcome, openProvider } from '../src/comparison/provider.ts'
import { aPerson, createDevice } from '../src/person.ts'
import { type OwnSuite, startSuite, withoutLimits } from '../src/suite.ts'

let suite: OwnSuite
let reference: ReferenceProvider
let ours: ComparedProvider
let theirs: ComparedProvider
let signerId: string
const signer = generateKeyPairSync('ec', { namedCurve: 'P-256' })
const signerKey = signer.publicKey.export({ format: 'jwk' })

const registerClient = async (metadata: Readonly<Record<string, unknown>>) => {
  const answer = await call(suite.gateway, 'POST', '/oauth/register', { json: metadata })
  expect(answer.status).toBe(201)
  const { client_id: id, client_secret: secret } = Object(answer.json)
  return { id, secret, redirectUri: referenceClients.app.redirectUri }
}

beforeAll(async () => {
  ;[suite, reference] = await Promise.all([
    // The reference provider has no nonces unless it is given a secret for them.
    startSuite({ settings: { ...withoutLimits, DPOP_REQUIRE_NONCE: 'false' } }),
    startReferenceProvider({ signerKey }),
  ])
  const metadata = {
    redirect_uris: [referenceClients.app.redirectUri],
    grant_types: ['authorization_code', 'refresh_token'],
    scope: 'openid',
  }
  const app = await registerClient({ ...metadata, token_endpoint_auth_method: 'none' })
  const web = await registerClient({ ...metadata, token_endpoint_auth_method: 'client_secret_basic' })
  const byKey = { token_endpoint_auth_method: 'private_key_jwt', jwks: { keys: [signerKey] } }
  signerId = (await registerClient({ ...metadata, ...byKey })).id
  const person = aPerson()
  await createDevice(suite).register(person)
  ours = await openProvider({
    origin: suite.gateway,
    app,
    web,
    pass: (page, browser) =>
      browser.submit(
        page,
        page.url.pathname === '/login'
          ? { email: person.email, password: person.password }
          : { decision: 'allow' },
      ),
  })
  theirs = await openProvider({
    origin: reference.origin,
    app: referenceClients.app,
    web: referenceClients.web,
    pass: async page => {
      throw new Error(`the reference provider shows ${page.url.pathname}`)
    },
  })
})
afterAll(async () => {
  reference?.stop()
  await suite?.stop()
})

const expectVerdict = (outcome: Outcome, verdict: Verdict): void => {
  expect(outcome).toMatchObject(verdict)
}

const compare = async ({ run, both, differ }: ComparedCase): Promise<void> => {
  expectVerdict(await run(theirs), both ?? differ?.theirs ?? {})
  expectVerdict(await run(ours), both ?? differ?.ours ?? {})
}

describe.each([
  ['the authorization endpoint', authorizationCases],
  ['the token endpoint', tokenCases],
  ['the other endpoints', resourceCases],
  ['DPoP', proofCases],
  [
    'private_key_jwt',
    assertionCases(provider => ({
      id: provider === ours ? signerId : referenceClients.signer.id,
      privateKey: signer.privateKey,
    })),
  ],
])('%s', (_, cases) => {
  it.each(cases.map(each => [each.name, each] as const))('refuses %s as the reference does', (_name, each) =>
    compare(each),
  )
})
