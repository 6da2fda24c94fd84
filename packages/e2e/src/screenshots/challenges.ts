/**
 * Forms that ask for a challenge. Providers' widgets need the internet: here a box of the size of Turnstile's stands for
 * them, loaded from its host as far as the page and its policy can tell.
 */
import { eventually } from '@latchkey/testkit'
import type { Page } from 'playwright-core'
import { aPerson, createDevice } from '../person.ts'
import type { Suite } from '../suite.ts'
import { person, type Scene, signIn } from './scene.ts'

const host = 'https://challenges.cloudflare.com'
const scriptUrl = `${host}/turnstile/v0/api.js`

/** One failure is enough to be asked, where the limits do apply: beyond this machine. */
export const challengeSettings = {
  CHALLENGE_VERIFY_URL: `${host}/turnstile/v0/siteverify`,
  CHALLENGE_SECRET: 'secret-of-the-site',
  CHALLENGE_SITE_KEY: 'site-key',
  CHALLENGE_SCRIPT_URL: scriptUrl,
  CHALLENGE_AFTER_FAILURES: '1',
  TRUSTED_PROXIES: '127.0.0.0/8',
}

const headers = { 'X-Forwarded-For': '203.0.113.7' }

const script = `
for (const element of document.querySelectorAll('.cf-turnstile')) {
  const frame = document.createElement('iframe')
  Object.assign(frame, { src: '${host}/widget', width: 300, height: 65, title: 'Challenge' })
  frame.style.border = '0'
  element.append(frame)
}`

const widget = `<!doctype html><html lang="en"><title>Challenge</title>
<style>
  html { height: 100%; color-scheme: light }
  body { margin: 0; height: 100%; box-sizing: border-box; border: 1px solid #999; background: #fafafa; color: #222;
    display: flex; align-items: center; gap: 0.75rem; padding: 0 1rem; font: 0.875rem sans-serif }
  input { width: 1.5rem; height: 1.5rem; margin: 0 }
</style>
<input type="checkbox" id="human"><label for="human">Widget of the provider</label>`

/** Opens the sign-in page from a network where a sign-in has failed. */
const openFromBusyNetwork = async (page: Page, suite: Suite): Promise<void> => {
  await page.route(scriptUrl, route => route.fulfill({ contentType: 'text/javascript', body: script }))
  await page.route(`${host}/widget`, route => route.fulfill({ contentType: 'text/html', body: widget }))
  await createDevice(suite, { headers }).tryToSignIn(aPerson())
  await page.setExtraHTTPHeaders(headers)
  // What failed is counted after it is answered.
  await eventually(async () => {
    await page.goto(`${suite.gateway}/login`)
    if ((await page.locator('.challenge').count()) === 0) throw new Error('no challenge is asked for')
  })
}

const untilWidget = (page: Page): Promise<void> =>
  page.frameLocator('.challenge iframe').getByText('Widget of the provider').waitFor()

export const challengesScenes: readonly Scene[] = [
  {
    name: 'login-challenge',
    views: ['narrow', 'wide', 'dark'],
    play: async (page, suite) => {
      await openFromBusyNetwork(page, suite)
      await untilWidget(page)
    },
  },
  {
    name: 'login-challenge-missed',
    views: ['narrow', 'wide'],
    play: async (page, suite) => {
      await openFromBusyNetwork(page, suite)
      await signIn(page, person.password)
      await page.getByRole('alert').waitFor()
      await untilWidget(page)
    },
  },
]
