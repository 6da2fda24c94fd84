import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'

const program = join(import.meta.dirname, 'service.ts')
const children: ChildProcess[] = []
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL')
})

const run = (env: Record<string, string> = {}) => {
  const child = fork(program, { env: { ...env }, stdio: ['ignore', 'pipe', 'pipe', 'ipc'], execArgv: [] })
  children.push(child)
  const output = { stdout: '', stderr: '' }
  child.stdout?.on('data', text => (output.stdout += text))
  child.stderr?.on('data', text => (output.stderr += text))
  const messages = (): unknown[] =>
    output.stdout
      .split('\n')
      .filter(line => line !== '')
      .map(line => JSON.parse(line).message)
  const started = () => eventually(() => expect(messages()).toContain('started'))
  // Not 'close': with an IPC channel that the parent has left, it does not come in every environment.
  const ended = [child.stdout, child.stderr].map(stream => stream && once(stream, 'end'))
  const exited = Promise.all([once(child, 'exit'), ...ended]).then(([[code]]) => code)
  return { child, output, messages, started, exited }
}

describe('the life of a service', () => {
  it.each(['SIGTERM', 'SIGINT'] as const)(
    'ends on %s: last opened first closed, exit code 0',
    async signal => {
      const { child, messages, started, exited } = run()
      await started()
      child.kill(signal)
      expect(await exited).toBe(0)
      expect(messages()).toEqual([
        'started',
        'stopping',
        'server closed',
        'closing failed',
        'pool closed',
        'stopped',
      ])
    },
  )

  it('ends when the parent that started it is gone', async () => {
    const { child, started, exited, output } = run()
    await started()
    child.disconnect()
    expect(await exited).toBe(0)
    expect(output.stdout).toContain('parent gone')
  })

  it('ends at its deadline when something does not close', async () => {
    const { child, messages, started, exited } = run({
      BEHAVIOUR: 'never closes',
      SHUTDOWN_TIMEOUT_SECONDS: '0',
    })
    await started()
    child.kill('SIGTERM')
    expect(await exited).toBe(0)
    expect(messages()).toContain('closing took too long and was cut off')
  })

  it('ends at once on a second signal', async () => {
    const { child, messages, started, exited } = run({ BEHAVIOUR: 'never closes' })
    await started()
    child.kill('SIGTERM')
    await eventually(() => expect(messages()).toContain('stopping'))
    child.kill('SIGINT')
    expect(await exited).toBe(1)
  })
})

describe('a service that can not go on', () => {
  it('prints what is wrong with its settings, a line each, without values, and exits with 78', async () => {
    const { output, exited } = run({ BEHAVIOUR: 'bad settings', POOL: 'hunter2' })
    expect(await exited).toBe(78)
    expect(output.stderr).toBe(
      'specimen: these settings need attention\n' +
        'DATABASE_URL: is required and not set\n' +
        'POOL: must be a whole number of at least 0\n',
    )
    expect(output.stdout).toBe('')
  })

  it('logs why it could not start, without secrets, and exits with 1', async () => {
    const { output, exited } = run({ BEHAVIOUR: 'fails to start' })
    expect(await exited).toBe(1)
    expect(JSON.parse(output.stdout)).toMatchObject({
      level: 'ERROR',
      service: 'specimen',
      message: 'start failed',
      error: { message: 'port in use by password=[redacted]' },
    })
  })

  it.each([
    ['throws later', 'uncaught exception'],
    ['rejects later', 'unhandled rejection'],
  ])('logs an error that nobody caught and exits with 1: %s', async (behaviour, message) => {
    const { messages, exited } = run({ BEHAVIOUR: behaviour })
    expect(await exited).toBe(1)
    expect(messages()).toContain(message)
  })
})
