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
    expect(stdout).toBe('s s 401 a')
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
    await writeFile(
      join(stranger, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          strict: true,
          noEmit: true,
          module: 'NodeNext',
          target: 'ES2024',
          lib: ['ES2024', 'DOM'],
          types: [],
        },
        files: ['use.ts'],
      }),
    )
    const said = await run(tsc, ['-p', stranger]).catch(failure => failure)
    expect(said.stdout).toBe('')
  })
})
