/**
 * Runs a built entry point as a Worker would: no `process`, no `Buffer`, no built-in modules, only what the Web platform
 * has, and the package's own conditions resolved for it. `node --experimental-vm-modules without-node.ts <dist> <jose>`
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
const context = createContext({
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
  `import { createTokenVerifier, createDPoP, createNonces, requireBearer } from './fetch.js'
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
   const guard = requireBearer(createTokenVerifier({ issuer, jwks: async () => jwks }), { scope: 'a', dpop })
   const ask = authorization => guard(new Request(issuer, { headers: { authorization } }))
   for (const _ of [1, 2]) say((await ask('Bearer ' + token)).claims.sub)
   say(String((await ask('Bearer a.b.c')).status))

   const user = { id: 'u' }
   const tokens = { access_token: 'a', refresh_token: 'r', expires_in: 900 }
   const auth = createAuthClient({ baseUrl: issuer, fetch: async () => Response.json({ user, ...tokens }) })
   await auth.login({ email: 'e', password: 'p' })
   say(await auth.accessToken())`,
  { context, identifier: pathToFileURL(join(dist, 'main.js')).href },
)
await main.link(link)
await main.evaluate()
process.stdout.write(said.join(' '))
