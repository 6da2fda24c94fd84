/** What an application’s request shows: sign-in, consent, organizations, errors. */
import { callbackUri, makeClient } from '../oauth-client.ts'
import { addMember, inviteByMail, makeOrganization } from '../organizations.ts'
import { aPerson, createDevice } from '../person.ts'
import { person, type Scene, signIn } from './scene.ts'

export const applicationsScenes: readonly Scene[] = [
  {
    name: 'login-for-application',
    views: ['narrow'],
    play: async (page, { gateway }, application) =>
      void (await page.goto(gateway + application.signInPath({ ui_locales: 'fr' }))),
  },
  {
    name: 'consent',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, { gateway }, application) => {
      await page.goto(gateway + application.signInPath({ scope: 'openid profile email offline_access' }))
      await signIn(page, person.password)
    },
  },
  {
    name: 'organization-choice',
    views: ['narrow', 'wide'],
    play: async (page, suite, application) => {
      const { user } = await createDevice(suite).signIn(person)
      for (const name of ['Acme Ltd', 'Umbrella'])
        await addMember(suite, await makeOrganization(suite, name), user.id)
      const { client_id } = await makeClient(suite, { scope: 'openid organization', name: 'Book Shop' })
      const asked = { client_id, redirect_uri: callbackUri, scope: 'openid organization' }
      await page.goto(suite.gateway + application.signInPath(asked))
      await signIn(page, person.password)
    },
  },
  {
    name: 'invitation',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      const { path } = await inviteByMail(suite, await makeOrganization(suite), person.email)
      await page.goto(`${suite.gateway}/login`)
      await signIn(page, person.password)
      await page.goto(suite.gateway + path)
    },
  },
  {
    name: 'invitation-signed-out',
    views: ['narrow'],
    play: async (page, suite) => {
      const { path } = await inviteByMail(suite, await makeOrganization(suite), aPerson().email)
      await page.goto(suite.gateway + path)
    },
  },
  {
    name: 'invitation-over',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/login?flow=invitation.over`)),
  },
]
