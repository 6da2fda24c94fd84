import { execFileSync } from 'node:child_process'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually, freePort } from '@latchkey/testkit'
import { type DemoProvider, startDemoProvider } from './index.ts'
import { createPeople } from './people.ts'

describe('the demo provider', () => {
  let provider: DemoProvider
  const children = (): number =>
    execFileSync('ps', ['-o', 'args=', '--ppid', String(process.pid)], { encoding: 'utf8' })
      .split('\n')
      .filter(line => line.includes('demo-provider/process.ts')).length

  beforeAll(async () => {
    provider = await startDemoProvider({
      port: await freePort(),
      client: { id: 'latchkey', secret: 'a secret of ours', redirectUri: 'http://localhost/callback' },
      onLine: () => undefined,
    })
  })
  afterAll(() => provider.close())

  it('has no process before anybody comes, and one afterwards, however many come at once', async () => {
    expect(children()).toBe(0)
    const metadata = await Promise.all(
      Array.from({ length: 5 }, async () => {
        const response = await fetch(`${provider.issuer}/.well-known/openid-configuration`)
        return (await response.json()) as Record<string, unknown>
      }),
    )
    for (const { issuer, authorization_endpoint } of metadata)
      expect({ issuer, authorization_endpoint }).toEqual({
        issuer: provider.issuer,
        authorization_endpoint: `${provider.issuer}/auth`,
      })
    expect(children()).toBe(1)
  })

  it('leaves no process behind', async () => {
    await provider.close()
    await eventually(() => expect(children()).toBe(0))
  })
})

describe('who signs in at the demo provider', () => {
  const people = createPeople()
  const arrive = (form: Record<string, string>) => people.arrive(new URLSearchParams(form))

  it('is the same person by the same address, verified or not', () => {
    const first = arrive({ email: 'Jo@example.com', name: 'Jo', email_verified: 'true' })
    expect(first).toMatchObject({ email: 'jo@example.com', email_verified: true, name: 'Jo' })
    expect(arrive({ email: 'jo@example.com' })).toMatchObject({ sub: first.sub, email_verified: false })
    expect(people.find(first.sub)).toMatchObject({ email_verified: false })
  })

  it('has no address where none is given', () => {
    expect(arrive({ email: '', name: 'Nobody' })).toEqual({ sub: expect.any(String), name: 'Nobody' })
  })
})
