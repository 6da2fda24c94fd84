/**
 * Runs a built entry point as a Worker would: no `process`, no `Buffer`, no built-in modules, only what the Web platform
 * has, a `fetch` that knows no more than that of Workers, and the package's own conditions resolved for it. `node --experimental-vm-modules without-node.ts <dist> <jose>`
 * prints what came of it.
 */
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath, pathToFileURL } from 'node:url'
import { createContext, type Module, SourceTextModule } from 'node:vm'

const [dist = '', jose = ''] = process.argv.slice(2)
const said: string[] = []

const { crypto, URL, URLSearchParams, TextEncoder, TextDecoder, Request, Response, Headers } = globalThis
const { AbortSignal, setTimeout, atob, btoa, structuredClone } = globalThis

/** What the other side of the network answers; set by the code that runs. */
const answers: { fetch?: (path: string) => Promise<Response> } = {}

/** Workers refuse the words of `RequestInit` that they do not know, with a TypeError. */
const fetchOfWorkers: typeof fetch = async (input, init = {}) => {
  const unknown = Object.keys(init).filter(
    member => !['method', 'headers', 'body', 'redirect', 'signal'].includes(member),
  )
  if (unknown.length > 0) throw new TypeError(`The ${unknown} is not implemented`)
  if (init.redirect === 'error') throw new TypeError('Invalid redirect value')
  if (answers.fetch === undefined) throw new TypeError('nothing answers')
  return answers.fetch(new URL(String(input)).pathname)
}

const context = createContext({
  // What tells that it is one.
  WebSocketPair: class {},
  fetch: fetchOfWorkers,
  answers,
  ...{ crypto, URL, URLSearchParams, TextEncoder, TextDecoder, Request, Response, Headers },
  ...{ AbortSignal, setTimeout, atob, btoa, structuredClone },
  Uint8Array,
  say: (line: string) => void said.push(line),
})

const addressOf = (specifier: string, from: string): string => {
  if (specifier.startsWith('.')) return new URL(specifier, from).href
  if (specifier === '#sha256') return pathToFileURL(join(dist, 'sha256/web.js')).href
  if (specifier === 'jose') return pathToFileURL(join(jose, 'dist/webapi/index.js')).href
  throw new Error(`${from} imports ${specifier}`)
}

const modules = new Map<string, Promise<SourceTextModule>>()

const load = (address: string): Promise<SourceTextModule> => {
  const known =
    modules.get(address) ??
    readFile(fileURLToPath(address), 'utf8').then(
      code => new SourceTextModule(code, { context, identifier: address }),
    )
  modules.set(address, known)
  return known
}

const link = async (specifier: string, from: Module): Promise<Module> =>
  load(addressOf(specifier, from.identifier))

const main = new SourceTextModule(
  `import { createIntrospection, createTokenVerifier, createDPoP, createNonces, requireBearer } from './fetch.js'
   import { createAuthClient } from './client.js'
   import { exportJWK, generateKeyPair, SignJWT } from 'jose'

   const issuer = 'https://id.example'
   const { privateKey, publicKey } = await generateKeyPair('ES256')
   const jwks = { keys: [{ ...(await exportJWK(publicKey)), kid: 'a', alg: 'ES256' }] }
   const token = await new SignJWT({ client_id: 'c', scope: 'a' })
     .setProtectedHeader({ alg: 'ES256', typ: 'at+jwt', kid: 'a' })
     .setIssuer(issuer).setAudience(issuer).setSubject('s').setJti('j').setIssuedAt().setExpirationTime('1m')
     .sign(privateKey)
   const dpop = createDPoP({ origin: issuer, nonces: createNonces({ secret: new Uint8Array(32) }) })
   const user = { id: 'u' }
   const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 900 }
   const claims = { iss: issuer, aud: issuer, sub: 's', client_id: 'c', jti: 'j', iat: 0, exp: 9_999_999_999 }
   const bodies = {
     '/.well-known/jwks.json': jwks,
     '/oauth/introspect': { active: true, token_type: 'Bearer', ...claims },
     '/auth/login': { user, ...tokens },
   }
   answers.fetch = async path => Response.json(bodies[path])
   const guard = requireBearer(createTokenVerifier({ issuer }), { scope: 'a', dpop })
   const ask = authorization => guard(new Request(issuer, { headers: { authorization } }))
   for (const _ of [1, 2]) say((await ask('Bearer ' + token)).claims.sub)
   say(String((await ask('Bearer a.b.c')).status))

   const endpoint = issuer + '/oauth/introspect'
   const introspection = createIntrospection({ issuer, endpoint, clientId: 'c', clientSecret: 'x' })
   say((await introspection.verify(token)).sub)

   const auth = createAuthClient({ baseUrl: issuer })
   await auth.login({ email: 'e', password: 'p' })
   say(await auth.accessToken())`,
  { context, identifier: pathToFileURL(join(dist, 'main.js')).href },
)
await main.link(link)
await main.evaluate()
process.stdout.write(said.join(' '))
