import { once } from 'node:events'
import { createServer } from 'node:net'
import { describe, expect, it } from '@jest/globals'
import { freePort, isPortFree } from './ports.ts'

describe('a free port', () => {
  it('is none that systems hand out by themselves, so that it stays free until it is used', async () => {
    for (const port of await Promise.all(Array.from({ length: 20 }, freePort))) {
      expect(port).toBeGreaterThanOrEqual(20_000)
      expect(port).toBeLessThan(32_768)
    }
  })

  it('is one that nobody listens on', async () => {
    const port = await freePort()
    const server = createServer().listen(port, '127.0.0.1')
    await once(server, 'listening')
    expect(await isPortFree(port)).toBe(false)
    server.close()
    await once(server, 'close')
    expect(await isPortFree(port)).toBe(true)
  })
})
