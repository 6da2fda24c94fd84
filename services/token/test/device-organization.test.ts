/** The organization that a device is to act in: `organization` of RFC 8628 §3.1, as at the authorization endpoint. */
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals'
import { createUuid } from '@latchkey/runtime/ids'
import { hiddenFieldsOf } from '@latchkey/testkit'
import { decodeJwt } from 'jose'
import { aSubject } from './a-subject.ts'
import { type AuthorizeSuite, startAuthorizeSuite } from './authorize-under-test.ts'

const deviceGrant = 'urn:ietf:params:oauth:grant-type:device_code'
const scope = 'openid organization'

let suite: AuthorizeSuite
let clientId: string
beforeAll(async () => {
  suite = await startAuthorizeSuite()
  clientId = (await suite.newClient({ metadata: { grant_types: [deviceGrant], scope } })).id
})
afterAll(() => suite.close())

const anOrganization = (slug: string, name: string) => ({
  organizationId: createUuid(),
  slug,
  name,
  roles: ['member'],
  permissions: [],
})
type Membership = ReturnType<typeof anOrganization>

const acme = anOrganization('acme', 'Acme Ltd')
const umbrella = anOrganization('umbrella', 'Umbrella')

const start = (parameters: Record<string, string>) =>
  suite.replica.postForm('/oauth/device_authorization', { client_id: clientId, scope, ...parameters })

/** A device whose page a member of these organizations has open. */
const aDevice = async (parameters: Record<string, string>, organizations: readonly Membership[]) => {
  const { body } = await start(parameters)
  const { browser, userId } = await suite.aSignedInBrowser()
  const subject = aSubject({ userId, version: 2, organizations: [...organizations] })
  await suite.replica.client.updateSubject({ subject })
  const hidden = hiddenFieldsOf(await (await browser.get('/oauth/device')).text())
  const typed = await browser.post('/oauth/device', { ...hidden, user_code: String(body.user_code) })
  const page = await (await browser.get(String(typed.headers.get('location')).replace('/base', ''))).text()
  const decide = async (decision: 'allow' | 'deny') => {
    const answer = await browser.post('/oauth/device', { ...hiddenFieldsOf(page), decision })
    return String(answer.headers.get('location'))
  }
  const poll = () =>
    suite.replica.postForm('/oauth/token', {
      grant_type: deviceGrant,
      client_id: clientId,
      device_code: String(body.device_code),
    })
  return { page, decide, poll }
}

const tokensOf = async (device: Awaited<ReturnType<typeof aDevice>>) => {
  await device.decide('allow')
  const { body } = await device.poll()
  return { access: decodeJwt(String(body.access_token)), id: decodeJwt(String(body.id_token)) }
}

describe('organization at the device authorization endpoint', () => {
  it.each([
    ['id', acme.organizationId],
    ['slug', 'acme'],
    ['slug in capitals', 'ACME'],
  ])('is the one that its user acts in, by %s, and the page says so', async (_how, organization) => {
    const device = await aDevice({ organization }, [umbrella, acme])
    expect(device.page).toContain('You would act for Acme Ltd.')
    const { access, id } = await tokensOf(device)
    const expected = { org_id: acme.organizationId, org_name: 'Acme Ltd', org_roles: ['member'] }
    expect(access).toMatchObject(expected)
    expect(id).toMatchObject(expected)
  })

  it('left out, is the only one, or none of several', async () => {
    const ofOne = await aDevice({}, [umbrella])
    expect(ofOne.page).toContain('You would act for Umbrella.')
    expect((await tokensOf(ofOne)).access).toMatchObject({ org_id: umbrella.organizationId })

    const ofSeveral = await aDevice({}, [umbrella, acme])
    expect(ofSeveral.page).not.toContain('You would act for')
    expect((await tokensOf(ofSeveral)).access).not.toHaveProperty('org_id')
  })

  it.each([
    ['that is of others', umbrella.slug],
    ['that is not there', 'nothing'],
  ])('one %s lets no device in, whatever its user sends', async (_title, organization) => {
    const device = await aDevice({ organization }, [acme])
    expect(device.page).toContain('you are not a member of')
    expect(device.page).not.toContain('value="allow"')
    expect(device.page).not.toContain(organization)
    expect(await device.decide('allow')).toContain('result=denied')
    expect(await device.poll()).toMatchObject({ status: 400, body: { error: 'access_denied' } })
  })

  it('of a user who has left since the page was shown lets no device in', async () => {
    const device = await aDevice({ organization: 'acme' }, [acme])
    await suite.database.pool.query(`update subjects set organizations = '[]'`)
    expect(await device.decide('allow')).toContain('result=denied')
  })

  it.each([
    ['without its scope', { scope: 'openid', organization: 'acme' }],
    ['longer than any name', { organization: 'x'.repeat(65) }],
  ])('is refused %s', async (_title, parameters) => {
    expect(await start(parameters)).toMatchObject({ status: 400, body: { error: 'invalid_request' } })
  })
})
