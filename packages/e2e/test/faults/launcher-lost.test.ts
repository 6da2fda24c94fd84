/** The end of `npm start` in the middle of everything: no service outlives it, and nothing acknowledged is lost. */
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import {
  createClient,
  findBrokenPromises,
  isGroupAlive,
  type Launched,
  type Load,
  launch,
  startLoad,
} from '../../src/faults/index.ts'

// The time that requests in hand get, and some for a busy machine.
const servicesGoneMs = 30_000

describe('the launcher, under load', () => {
  let dataDir: string
  let launched: Launched
  let load: Load
  beforeAll(async () => {
    dataDir = await mkdtemp(join(tmpdir(), 'latchkey-faults-'))
    launched = await launch(dataDir)
    load = startLoad(launched.info.gateway)
    await load.log.untilCalm(performance.now())
  })
  afterAll(async () => {
    await load?.stop()
    for (const pid of [launched.info.launcher_pid, ...Object.values(launched.info.pids)]) {
      if (isGroupAlive(pid)) process.kill(pid, 'SIGKILL')
    }
    await rm(dataDir, { recursive: true, force: true })
  })

  const stillRunning = (...ours: readonly string[]): string[] =>
    Object.entries(launched.info.pids)
      .filter(([name, pid]) => !ours.includes(name) && isGroupAlive(pid))
      .map(([name]) => name)

  it('killed, it leaves no service behind', async () => {
    launched.kill('SIGKILL')
    await launched.exit
    await eventually(() => expect(stillRunning('postgres', 'redis')).toEqual([]), {
      timeoutMs: servicesGoneMs,
    })
    expect(load.ledger.violations).toEqual([])
  })

  it('started again, it takes over the stores, and every promise holds', async () => {
    launched = await launch(dataDir)
    await load.log.untilCalm(performance.now())
    expect(load.ledger.violations).toEqual([])
  })

  it('stopped by Ctrl-C, it leaves nothing behind', async () => {
    launched.kill('SIGINT')
    expect(await launched.exit).toBe(0)
    expect(stillRunning()).toEqual([])
  })

  it('started once more, nothing that was acknowledged is lost', async () => {
    launched = await launch(dataDir)
    await load.stop()
    const client = createClient(launched.info.gateway)
    expect(await findBrokenPromises(client, load.ledger)).toEqual([])
    await client.close()
    launched.kill('SIGINT')
    expect(await launched.exit).toBe(0)
  })
})
