/** The alerts of deploy/observability speak of metrics that identity has, and of labels that these have. */
import { readFile } from 'node:fs/promises'
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { goodPassword, type IdentityUnderTest, startIdentity } from './identity-under-test.ts'

let identity: IdentityUnderTest
let metrics: string
beforeAll(async () => {
  identity = await startIdentity({ env: { BREACHED_PASSWORDS_URL: 'https://passwords.invalid' } })
  const { email } = await identity.register()
  await identity.login(email, goodPassword)
  await identity.login(email, 'a guess')
  metrics = await (await fetch(`http://127.0.0.1:${identity.ports.management}/metrics`)).text()
})
afterAll(() => identity.close())

const rules = await readFile(
  new URL('../../../deploy/observability/alerts/abuse.rules.yaml', import.meta.url),
  'utf8',
)

describe('the alerts about abuse', () => {
  const names = [...new Set(rules.match(/\bidentity_\w+/g))]

  it.each(names)('%s is a metric', name => {
    expect(metrics).toMatch(new RegExp(`^# TYPE ${name} `, 'm'))
  })

  it('name outcomes that are counted', () => {
    expect(metrics).toMatch(/^identity_sign_ins_total\{way="password",outcome="signed_in"/m)
    expect(metrics).toMatch(/^identity_sign_ins_total\{way="password",outcome="wrong"/m)
    expect(metrics).toMatch(/^identity_breached_password_lookups_total\{[^}]*outcome="failed"/m)
  })

  it('each say what they mean and where to read on', () => {
    const alerts = rules.match(/- alert: /g)?.length
    for (const member of ['expr:', 'for:', 'severity:', 'summary:', 'description:', 'runbook_url:'])
      expect(rules.split(member).length - 1).toBe(alerts)
  })
})
