/** Devices without a keyboard, logout, and what goes wrong. */
import { call } from '../call.ts'
import type { Suite } from '../suite.ts'
import { person, type Scene, send, signIn } from './scene.ts'

/** A device that waits to be let in. */
const userCodeOf = async ({ gateway, demo }: Suite): Promise<string> => {
  const basic = Buffer.from(`${demo.client_id}:${demo.client_secret}`).toString('base64')
  const { text } = await call(gateway, 'POST', '/oauth/device_authorization', {
    body: 'scope=openid email',
    headers: { 'Content-Type': 'application/x-www-form-urlencoded', Authorization: `Basic ${basic}` },
  })
  return JSON.parse(text).user_code
}

export const devicesScenes: readonly Scene[] = [
  {
    name: 'device',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/oauth/device`)),
  },
  {
    name: 'device-confirmation',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      await page.goto(`${suite.gateway}/oauth/device`)
      await page.getByRole('textbox').fill(await userCodeOf(suite))
      await page.getByRole('button').click()
      await signIn(page, person.password)
    },
  },
  {
    name: 'device-connected',
    views: ['narrow'],
    play: async (page, suite) => {
      await page.goto(`${suite.gateway}/oauth/device`)
      await page.getByRole('textbox').fill(await userCodeOf(suite))
      await page.getByRole('button').click()
      await signIn(page, person.password)
      await send(page, 'Allow')
    },
  },
  {
    name: 'logout',
    views: ['narrow', 'wide'],
    play: async (page, { gateway, demo }) => {
      await page.goto(`${gateway}/login`)
      await signIn(page, person.password)
      await page.goto(`${gateway}/oauth/logout?client_id=${demo.client_id}`)
    },
  },
  {
    name: 'logged-out',
    views: ['narrow'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/oauth/logout`)),
  },
  {
    name: 'error-of-application',
    views: ['wide'],
    play: async (page, { gateway }) =>
      void (await page.goto(
        `${gateway}/oauth/authorize?client_id=demo&response_type=code&redirect_uri=https://evil.example`,
      )),
  },
  {
    name: 'error',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/login?flow=unknown`)),
  },
  {
    name: 'not-found',
    views: ['narrow', 'wide'],
    play: async (page, { gateway }) => void (await page.goto(`${gateway}/acount`)),
  },
]
