/** Every accepted mail is delivered, once, whatever becomes of Redis, the worker and the mail servers of others. */
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { eventually } from '@latchkey/testkit'
import {
  askForReset,
  type Client,
  createClient,
  type MailServer,
  type Person,
  register,
  type SuiteUnderFaults,
  startMailServer,
  startSuite,
  type Verdict,
} from '../../src/faults/index.ts'

/** A recipient whose mail server keeps the worker waiting until it is told to go on. */
const createHold = () => {
  const asked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  return {
    judge: async (): Promise<Verdict> => {
      asked.resolve()
      await released.promise
      return 'accepted'
    },
    asked: asked.promise,
    release: () => released.resolve(),
  }
}

describe('reset mails under faults', () => {
  const judges = new Map<string, () => Verdict | Promise<Verdict>>()
  let mailServer: MailServer
  let suite: SuiteUnderFaults
  let client: Client
  beforeAll(async () => {
    mailServer = await startMailServer(recipient => judges.get(recipient)?.() ?? 'accepted')
    suite = await startSuite({ env: { SMTP_URL: mailServer.url, MAIL_RETRY_SECONDS: '1' } })
    client = createClient(suite.gateway)
  })
  afterAll(async () => {
    await client?.close()
    await suite?.stop()
    await mailServer?.close()
  })

  /** Somebody who has been asked to confirm the address: the next mail is one that the test asks for. */
  const newcomer = async (): Promise<Person> => {
    const person = await register(client)
    await eventually(() => expect(mailServer.others).toContain(person.email), { timeoutMs: 20_000 })
    return person
  }
  const copiesTo = ({ email }: Person): number => mailServer.delivered.filter(to => to === email).length
  const arrived = (person: Person, timeoutMs: number) =>
    eventually(() => expect(copiesTo(person)).toBe(1), { timeoutMs, intervalMs: 100 })
  const failedMails = async (): Promise<number> => {
    const metrics = await (await fetch(`${suite.gateway}/metrics`)).text()
    return Number(/^mails_failed_total\{[^}]*reason="rejected"[^}]*\} (\d+)/m.exec(metrics)?.[1] ?? 0)
  }

  it('a bad address, a slow and a greylisting mail server delay nobody else', async () => {
    const [bad, grey, slow] = [await newcomer(), await newcomer(), await newcomer()]
    const others = [await newcomer(), await newcomer(), await newcomer()]
    const hold = createHold()
    let greeted = 0
    judges.set(bad.email, () => ({ code: 550, reply: '5.1.1 No such user' }))
    judges.set(grey.email, () => {
      greeted += 1
      return greeted === 1 ? { code: 451, reply: '4.7.1 Greylisted, come again' } : 'accepted'
    })
    judges.set(slow.email, hold.judge)

    for (const person of [slow, bad, grey]) await askForReset(client, person)
    await hold.asked
    for (const person of others) await askForReset(client, person)
    await Promise.all(others.map(person => arrived(person, 20_000)))
    expect(copiesTo(slow)).toBe(0)
    await arrived(grey, 20_000)
    expect(greeted).toBe(2)
    await eventually(async () => expect(await failedMails()).toBe(1))
    hold.release()
    await arrived(slow, 20_000)
    expect(copiesTo(bad)).toBe(0)
  })

  it('one that was asked for while Redis is down arrives once Redis is back', async () => {
    const person = await newcomer()
    await suite.takeAway('redis', 'SIGTERM')
    await askForReset(client, person)
    await delay(1_000)
    expect(copiesTo(person)).toBe(0)
    await suite.bringBack('redis')
    await arrived(person, 45_000)
  })

  it('one whose worker is killed in mid-send arrives by another', async () => {
    const person = await newcomer()
    const hold = createHold()
    judges.set(person.email, hold.judge)
    await askForReset(client, person)
    await hold.asked
    await suite.killAndAwait('notification-worker')
    hold.release()
    await arrived(person, 45_000)
  })

  it('none arrived twice', () => {
    expect(new Set(mailServer.delivered).size).toBe(mailServer.delivered.length)
  })
})
