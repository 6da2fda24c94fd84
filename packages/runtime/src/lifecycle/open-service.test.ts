import { describe, expect, it } from '@jest/globals'
import { createLogger } from '../logger/index.ts'
import { openService } from './index.ts'

const logger = createLogger({ service: 'test', destination: { write: () => undefined } })

describe('a composition', () => {
  it('gives its parts, and closes the last that was opened first', async () => {
    const closed: string[] = []
    const service = await openService(logger, async closing => {
      for (const name of ['pool', 'server']) closing.add(name, () => closed.push(name))
      return { port: 1 }
    })
    expect(service.port).toBe(1)
    await service.close()
    expect(closed).toEqual(['server', 'pool'])
  })

  it('that fails on the way closes what it had opened, and tells why', async () => {
    const closed: string[] = []
    const failed = openService(logger, async closing => {
      closing.add('pool', () => closed.push('pool'))
      throw new Error('the port is taken')
    })
    await expect(failed).rejects.toThrow('the port is taken')
    expect(closed).toEqual(['pool'])
  })
})
