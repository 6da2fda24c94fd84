import * as client from 'openid-client'
import { createAppServer } from './server.ts'

const { LATCHKEY_ISSUER = 'http://localhost:8080', PORT = '3003' } = process.env
const issuer = new URL(LATCHKEY_ISSUER)
const origin = `http://localhost:${PORT}`

/** A real app has an id that its operator registered; this one registers itself. A secret would be everybody's. */
const config = await client.dynamicClientRegistration(
  issuer,
  {
    client_name: 'Example single-page app',
    redirect_uris: [`${origin}/`],
    post_logout_redirect_uris: [`${origin}/`],
    grant_types: ['authorization_code', 'refresh_token'],
    response_types: ['code'],
    token_endpoint_auth_method: 'none',
    scope: 'openid profile email',
  },
  client.None(),
  { execute: issuer.protocol === 'http:' ? [client.allowInsecureRequests] : [] },
)

createAppServer({ authority: LATCHKEY_ISSUER, client_id: config.clientMetadata().client_id }).listen(
  Number(PORT),
  '127.0.0.1',
  () => console.log(`The single-page app is at ${origin}/. Its users sign in at ${LATCHKEY_ISSUER}.`),
)
