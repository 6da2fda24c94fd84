/** SPEC §2.5: the whole suite on one machine by one command. */
import { execFile } from 'node:child_process'
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import type { StackInfo } from '@latchkey/launcher/stack'
import { eventually } from '@latchkey/testkit'
import { type Launched, launch, launchSuite, readStack, temporaryFolder } from './npm-start.ts'

describe('npm start', () => {
  let folder: Awaited<ReturnType<typeof temporaryFolder>>
  let launched: Launched
  let stack: StackInfo

  beforeAll(async () => {
    folder = await temporaryFolder()
    ;({ launched, stack } = await launchSuite(folder.path))
  })
  afterAll(async () => {
    launched.kill('SIGINT')
    await launched.exit
    await folder.remove()
  })

  it('prints one command that registers a new user and signs in, each time it is pasted', async () => {
    const command = /^ {2}(E=.*)$/m.exec(launched.screen())?.[1] ?? ''
    for (const _ of ['once', 'again']) {
      const { stdout } = await promisify(execFile)('/bin/sh', ['-c', command])
      const answers = stdout
        .trim()
        .split('\n')
        .map(line => JSON.parse(line))
      expect(answers).toEqual([
        expect.objectContaining({ access_token: expect.any(String), refresh_token: expect.any(String) }),
        expect.objectContaining({ access_token: expect.any(String), token_type: 'Bearer' }),
      ])
    }
  })

  it('prints how its administrator manages this suite and no other', () => {
    expect(launched.screen()).toContain(` LATCHKEY_DATA_DIR='${folder.path}' ./latchkey admin status\n`)
  })

  it('has a demo user who can sign in with the printed password', async () => {
    const response = await fetch(`${stack.gateway}/auth/login`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify(stack.demo.user),
    })
    expect(response.status).toBe(200)
  })

  it('has a client to try things with, and one to manage everything with', async () => {
    for (const { client_id, client_secret } of [stack.demo, stack.admin]) {
      const response = await fetch(`${stack.gateway}/oauth/token`, {
        method: 'POST',
        headers: {
          Authorization: `Basic ${Buffer.from(`${client_id}:${client_secret}`).toString('base64')}`,
        },
        body: new URLSearchParams({ grant_type: 'client_credentials' }),
      })
      expect(response.status).toBe(200)
    }
    expect(stack.demo.redirect_uris).toContain('http://127.0.0.1/callback')
  })

  it('says in stack.json where everything is, to its owner alone', async () => {
    expect(statSync(join(folder.path, 'stack.json')).mode & 0o777).toBe(0o600)
    for (const url of [
      `${stack.issuer}/.well-known/openid-configuration`,
      stack.metrics,
      `${stack.mailbox}/api/messages`,
    ]) {
      expect((await fetch(url)).status).toBe(200)
    }
    expect(stack.database_url).toMatch(/^postgres:\/\/.+@127\.0\.0\.1:\d+\/latchkey$/)
    expect(stack.redis_url).toMatch(/^redis:\/\/.+@127\.0\.0\.1:\d+$/)
  })

  it.each(['token', 'postgres', 'redis'])(
    'starts %s again when it dies, and tells its new pid',
    async name => {
      const before = (await readStack(folder.path)).pids[name] ?? 0
      process.kill(before, 'SIGKILL')
      await eventually(
        async () => {
          const now = (await readStack(folder.path)).pids[name]
          expect(now).toEqual(expect.any(Number))
          expect(now).not.toBe(before)
          expect(await (await fetch(`${stack.gateway}/auth/health`)).json()).toMatchObject({
            status: 'healthy',
          })
        },
        { timeoutMs: 30_000 },
      )
    },
  )

  it('refuses a second start on the same folder and names the gateway that runs', async () => {
    const second = launch(folder.path, {})
    expect(await second.exit).toBe(1)
    expect(second.screen()).toContain(`already runs in ${folder.path} at ${stack.gateway}`)
  })

  it('refuses a port that is taken and says how to choose another', async () => {
    const other = await temporaryFolder()
    const port = new URL(stack.gateway).port
    const second = launch(other.path, { PORT: port })
    expect(await second.exit).toBe(1)
    expect(second.screen()).toContain(`port ${port} is taken`)
    expect(second.screen()).toContain(`PORT=${Number(port) + 1}`)
    await other.remove()
  })
})
