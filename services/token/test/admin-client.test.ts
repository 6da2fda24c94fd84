/** The client that an installation is managed by from its first start on. */
import { randomBytes } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createClients } from '../src/store/clients.ts'
import { startTokenSuite } from './token-under-test.ts'

let suite: Awaited<ReturnType<typeof startTokenSuite>>
beforeAll(async () => {
  suite = await startTokenSuite()
})
afterAll(() => suite.close())

const find = (id: string) => createClients({ ...suite.database, now: () => new Date() }).find(id)

describe('ADMIN_CLIENT_SECRET', () => {
  const secret = randomBytes(32).toString('base64url')

  it('gives the installation a client with every admin scope, once, whichever replica starts first', async () => {
    const replicas = await Promise.all(
      [1, 2, 3].map(() => suite.startReplica({ ADMIN_CLIENT_SECRET: secret })),
    )
    const client = await find('admin')
    expect(client).toMatchObject({ type: 'confidential', origin: 'operator', isActive: true })
    expect(client?.metadata.grantTypes).toEqual(['client_credentials'])
    expect(client?.metadata.scopes).toHaveLength(16)
    expect(client?.metadata.scopes.every(scope => scope.startsWith('admin:'))).toBe(true)
    expect(client?.secrets).toHaveLength(1)
    await Promise.all(replicas.map(replica => replica.close()))
  })

  it('changes nothing of one that is there', async () => {
    const before = await find('admin')
    const replica = await suite.startReplica({ ADMIN_CLIENT_SECRET: randomBytes(32).toString('base64url') })
    expect(await find('admin')).toEqual(before)
    await replica.close()
  })

  it('is named by ADMIN_CLIENT_ID, and no client is made where there is no secret', async () => {
    const named = await suite.startReplica({ ADMIN_CLIENT_ID: 'operator', ADMIN_CLIENT_SECRET: secret })
    await named.close()
    const without = await suite.startReplica({ ADMIN_CLIENT_ID: 'nobody' })
    await without.close()
    expect(await find('operator')).toBeDefined()
    expect(await find('nobody')).toBeUndefined()
  })

  it.each([{ ADMIN_CLIENT_SECRET: 'short' }, { ADMIN_CLIENT_ID: 'latchkey' }, { ADMIN_CLIENT_ID: 'a b' }])(
    'must be one that a client can have: %j',
    async env => {
      await expect(suite.startReplica(env)).rejects.toThrow(Object.keys(env)[0])
    },
  )
})
