/** Pictures of every page for the documentation: what is on them, and how they are taken. */
import { join } from 'node:path'
import type { Browser, BrowserContextOptions } from 'playwright-core'
import { startCallbackServer } from '../callback-server.ts'
import { createDevice } from '../person.ts'
import type { Suite } from '../suite.ts'
import { accountScenes } from './account.ts'
import { applicationsScenes } from './applications.ts'
import { challengesScenes } from './challenges.ts'
import { devicesScenes } from './devices.ts'
import { providersScenes } from './providers.ts'
import { person, type Scene, type View } from './scene.ts'
import { secondFactorsScenes } from './second-factors.ts'
import { signInScenes } from './sign-in.ts'

const views: Readonly<Record<View, BrowserContextOptions>> = {
  narrow: { viewport: { width: 360, height: 720 }, colorScheme: 'light' },
  wide: { viewport: { width: 1_024, height: 720 }, colorScheme: 'light' },
  dark: { viewport: { width: 1_024, height: 720 }, colorScheme: 'dark' },
}

// All on one suite, and so in an order: who signs up in one is there in the next.
const scenes: readonly Scene[] = [
  ...signInScenes,
  ...challengesScenes,
  ...accountScenes,
  ...providersScenes,
  ...secondFactorsScenes,
  ...applicationsScenes,
  ...devicesScenes,
]

/** Writes `<scene>-<view>.png` for each, or for those that are wanted, and gives their names. */
export const takeScreenshots = async (
  browser: Browser,
  suite: Suite,
  folder: string,
  wanted: readonly string[] = [],
): Promise<string[]> => {
  await createDevice(suite).register(person)
  const application = await startCallbackServer(suite)
  const names: string[] = []
  for (const scene of scenes.filter(({ name }) => wanted.length === 0 || wanted.includes(name))) {
    for (const view of scene.views) {
      const context = await browser.newContext(views[view])
      const page = await context.newPage()
      await scene.play(page, suite, application)
      const name = `${scene.name}-${view}.png`
      await page.screenshot({ path: join(folder, name), fullPage: true, animations: 'disabled' })
      names.push(name)
      await context.close()
    }
  }
  await application.close()
  return names
}
