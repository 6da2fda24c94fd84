/** What users see of their own account. */
import { verificationTo } from '../mails.ts'
import { addMember, inviteByMail, makeOrganization } from '../organizations.ts'
import { aPerson, createDevice } from '../person.ts'
import { person, type Scene, send, signIn } from './scene.ts'

export const accountScenes: readonly Scene[] = [
  {
    name: 'account',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
    },
  },
  {
    name: 'account-password',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.getByRole('link', { name: 'Password' }).click()
    },
  },
  {
    name: 'account-sessions',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.getByRole('link', { name: 'Devices' }).click()
    },
  },
  {
    name: 'account-apps',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }, application) => {
      await page.goto(gateway + application.signInPath({ scope: 'openid profile email offline_access' }))
      await signIn(page, person.password)
      if (page.url().includes('/oauth/consent')) await send(page, 'Allow')
      await page.goto(`${gateway}/account/apps`)
    },
  },
  {
    name: 'account-organizations',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, suite) => {
      // Somebody of their own: who belongs to several is asked for one elsewhere.
      const member = aPerson({ name: 'Jo Doe' })
      const device = createDevice(suite)
      const { user } = await device.register(member)
      const { token } = await verificationTo(suite, member.email)
      await device.send('POST', '/auth/email/verify', { json: { token } })
      await addMember(suite, await makeOrganization(suite, 'Acme Ltd'), user.id, ['owner'])
      await addMember(suite, await makeOrganization(suite, 'Umbrella'), user.id)
      await inviteByMail(suite, await makeOrganization(suite, 'Book Shop'), member.email)
      await page.goto(`${suite.gateway}/login`)
      await signIn(page, member.password, member.email)
      await page.getByRole('link', { name: 'Organizations' }).click()
    },
  },
  {
    name: 'account-data',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.getByRole('link', { name: 'Data' }).click()
    },
  },
  {
    name: 'account-confirm',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.goto(`${gateway}/account/confirm?next=/account/data`)
    },
  },
]
