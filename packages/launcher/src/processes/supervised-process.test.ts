import { readFile } from 'node:fs/promises'
import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import { createProcess, type ProcessPlan, StartFailed, type SupervisedProcess } from './index.ts'

const running: SupervisedProcess[] = []
afterEach(() => Promise.all(running.splice(0).map(process => process.stop())))

const node = (script: string, plan: Partial<ProcessPlan> = {}) => {
  const deaths: [string, number | undefined][] = []
  const lines: string[] = []
  const pids: (number | undefined)[] = []
  const process_ = createProcess(
    {
      name: 'child',
      command: process.execPath,
      args: ['-e', script],
      cwd: '/',
      env: {},
      noticesOurEnd: false,
      isReady: async () => lines.includes('ready'),
      stopSignal: 'SIGTERM',
      stopTimeoutMs: 5_000,
      ...plan,
    },
    {
      onLine: (_, line) => void lines.push(line),
      onPid: (_, pid) => void pids.push(pid),
      onDeath: (_, how, delayMs) => void deaths.push([how, delayMs]),
    },
  )
  running.push(process_)
  return { process: process_, deaths, lines, pids }
}

const serve = 'console.log("ready"); setInterval(() => {}, 1000)'

describe('a supervised process', () => {
  it('is started again after a death, with a new pid', async () => {
    const { process, deaths, pids } = node(serve)
    await process.start()
    const first = process.pid
    process.kill('SIGKILL')
    await eventually(() => {
      expect(process.pid).toEqual(expect.any(Number))
      expect(process.pid).not.toBe(first)
    })
    expect(deaths).toEqual([['was killed by SIGKILL', 200]])
    expect(pids).toEqual([first, undefined, process.pid])
  })

  it('stays away when restarts are off, and can be started again', async () => {
    const { process, deaths } = node(serve)
    await process.start()
    process.setRestart(false)
    process.kill('SIGKILL')
    await eventually(() => expect(deaths).toEqual([['was killed by SIGKILL', undefined]]))
    expect(process.pid).toBeUndefined()
    await process.start()
    expect(process.pid).toEqual(expect.any(Number))
  })

  it('steps back behind others where its plan says so, and leaves who started it where it was', async () => {
    const weightOf = (pid: number | 'self' | undefined) =>
      readFile(`/proc/${pid}/autogroup`, 'utf8').then(
        text => Number(/nice (-?\d+)/.exec(text)?.[1]),
        () => undefined,
      )
    const before = await weightOf('self')
    const { process } = node(serve, { niceness: 5 })
    await process.start()
    // Undefined where this kernel does not weigh by session.
    expect(await weightOf(process.pid)).toBe(before === undefined ? undefined : 5)
    expect(await weightOf('self')).toBe(before)

    const first = process.pid
    process.kill('SIGKILL')
    await eventually(async () => {
      expect(process.pid).not.toBe(first)
      expect(await weightOf(process.pid)).toBe(before === undefined ? undefined : 5)
    })
  })

  it('tells its last lines when it ends before it is ready', async () => {
    const { process } = node('console.error("PORT must be a number"); process.exit(78)')
    await expect(process.start()).rejects.toEqual(
      expect.objectContaining({ message: 'child exited with 78\n  PORT must be a number', exitCode: 78 }),
    )
  })

  it('is told when its program does not exist', async () => {
    const { process } = node('', { command: '/nowhere/program' })
    await expect(process.start()).rejects.toBeInstanceOf(StartFailed)
  })

  it('is killed when it does not heed its stop signal in time', async () => {
    const { process } = node(`process.on("SIGTERM", () => {}); ${serve}`, { stopTimeoutMs: 300 })
    await process.start()
    await process.stop()
    expect(process.pid).toBeUndefined()
  })
})
