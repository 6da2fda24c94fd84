/** What is published: built, packed and used as a stranger would use it. */
import { execFile } from 'node:child_process'
import { copyFile, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'

const run = promisify(execFile)
const packageFolder = join(import.meta.dirname, '..')
const root = join(packageFolder, '../..')
const tsc = join(root, 'node_modules/.bin/tsc')

let stranger = ''

/** Builds and packs apart from the sources, and unpacks into a project that has `jose` besides. */
beforeAll(async () => {
  stranger = await mkdtemp(join(tmpdir(), 'latchkey-sdk-'))
  const built = join(stranger, 'built')
  await mkdir(built)
  await run(tsc, ['-p', join(packageFolder, 'tsconfig.build.json'), '--outDir', join(built, 'dist')])
  for (const name of ['package.json', 'README.md'])
    await copyFile(join(packageFolder, name), join(built, name))
  await run(join(root, '.toolchain/bin/pnpm'), ['pack', '--pack-destination', stranger], { cwd: built })
  const [archive = ''] = (await readdir(stranger)).filter(name => name.endsWith('.tgz'))
  const modules = join(stranger, 'node_modules')
  const unpacked = join(modules, '@latchkey/sdk')
  await mkdir(unpacked, { recursive: true })
  await run('tar', ['xzf', join(stranger, archive), '-C', unpacked, '--strip-components=1'])
  await symlink(join(packageFolder, 'node_modules/jose'), join(modules, 'jose'))
  await writeFile(join(stranger, 'package.json'), '{"type":"module"}')
})
afterAll(() => rm(stranger, { recursive: true, force: true }))

/** What the compiler has against a file of the stranger's. */
const check = async (compilerOptions: object, file: string): Promise<string> => {
  const shared = { strict: true, noEmit: true, target: 'ES2024' }
  const config = { compilerOptions: { ...shared, ...compilerOptions }, files: [file] }
  await writeFile(join(stranger, 'tsconfig.json'), JSON.stringify(config))
  const said = await run(tsc, ['-p', stranger]).catch(failure => failure)
  return said.stdout
}

describe('the published package', () => {
  it('holds nothing but what was built', async () => {
    const unpacked = join(stranger, 'node_modules/@latchkey/sdk')
    expect((await readdir(unpacked)).sort()).toEqual(['README.md', 'dist', 'package.json'])
    const files = await readdir(unpacked, { recursive: true })
    expect(files.filter(name => name.endsWith('.ts') && !name.endsWith('.d.ts'))).toEqual([])
  })

  it('runs from JavaScript at each of its entry points', async () => {
    const file = join(stranger, 'use.js')
    await writeFile(
      file,
      `import { createTokenVerifier, requireBearer } from '@latchkey/sdk'
       import * as fastify from '@latchkey/sdk/fastify'
       import * as fetchStyle from '@latchkey/sdk/fetch'
       import { createAuthClient } from '@latchkey/sdk/client'
       const verifier = createTokenVerifier({ issuer: 'https://id.example', jwks: async () => ({ keys: [] }) })
       const guards = [requireBearer, fastify.requireBearer, fetchStyle.requireBearer].map(each => each(verifier))
       const access = await guards[2](new Request('https://api.example', { headers: { authorization: 'Bearer a.b.c' } }))
       process.stdout.write(access.status + typeof createAuthClient({ baseUrl: 'https://id.example' }).me)`,
    )
    const { stdout } = await run(process.execPath, [file])
    expect(stdout).toBe('401function')
  })

  it('runs with what the Web platform has alone, where it is for that', async () => {
    const script = join(packageFolder, 'test/without-node.ts')
    const dist = join(stranger, 'node_modules/@latchkey/sdk/dist')
    const jose = join(packageFolder, 'node_modules/jose')
    const { stdout } = await run(process.execPath, ['--experimental-vm-modules', script, dist, jose])
    expect(stdout).toBe('s s 401 s a')
  })

  it('runs from CommonJS: every Node that it is for can require it', async () => {
    const file = join(stranger, 'use.cjs')
    await writeFile(
      file,
      `const sdk = ['', '/fastify', '/fetch'].map(entry => require('@latchkey/sdk' + entry).requireBearer)
       process.stdout.write([...sdk, require('@latchkey/sdk/client').createAuthClient].map(each => typeof each).join(' '))`,
    )
    const { stdout } = await run(process.execPath, [file])
    expect(stdout).toBe('function function function function')
  })

  it.each([
    ['ES modules', 'server.mts', { module: 'Node16' }],
    ['ES modules', 'server.mts', { module: 'NodeNext' }],
    ['CommonJS', 'server.cts', { module: 'NodeNext' }],
    ['a bundler', 'server.mts', { module: 'ESNext', moduleResolution: 'Bundler' }],
  ])('has types for %s: %s, %j', async (_what, file, options) => {
    await writeFile(
      join(stranger, file),
      `import { createServer } from 'node:http'
       import { type AccessTokenClaims, claimsOf, createDPoP, createTokenVerifier, requireBearer } from '@latchkey/sdk'
       import { requireBearer as hook } from '@latchkey/sdk/fastify'
       import { requireBearer as guard } from '@latchkey/sdk/fetch'
       import { type AuthUser, createAuthClient } from '@latchkey/sdk/client'
       const verifier = createTokenVerifier({ issuer: 'https://id.example', audience: 'https://api.example' })
       const middleware = requireBearer(verifier, { dpop: createDPoP({ origin: 'https://api.example' }) })
       createServer((request, response) => void middleware(request, response, () => {
         const { sub, aud }: AccessTokenClaims = claimsOf(request)
         response.end(typeof aud === 'string' ? sub : aud[0])
       }))
       export const others = [hook(verifier), guard(verifier)]
       export const me = (): Promise<AuthUser> => createAuthClient({ baseUrl: 'https://id.example' }).me()`,
    )
    const said = await check(
      { ...options, types: ['node'], typeRoots: [join(root, 'node_modules/@types')] },
      file,
    )
    expect(said).toBe('')
  })

  it('needs no types of Node where it needs no Node', async () => {
    await writeFile(
      join(stranger, 'use.ts'),
      `import { createAuthClient, isAuthProblem } from '@latchkey/sdk/client'
       import { createTokenVerifier, requireBearer } from '@latchkey/sdk/fetch'
       const verifier = createTokenVerifier({ issuer: 'https://id.example', jwks: 'https://id.example/jwks' })
       export const guard: (request: Request) => Promise<Response | { claims: { sub: string } }> =
         requireBearer(verifier, { scope: 'a' })
       export const name: Promise<string> = createAuthClient({ baseUrl: 'https://id.example' }).me().then(me => me.name)
       export const code = (error: unknown): 'EMAIL_EXISTS' | undefined =>
         isAuthProblem(error, 'EMAIL_EXISTS') ? error.code : undefined`,
    )
    expect(await check({ module: 'NodeNext', lib: ['ES2024', 'DOM'], types: [] }, 'use.ts')).toBe('')
  })
})
