/**
 * Writes docs/screenshots anew: every page and every mail, narrow and wide, as Chromium shows it. With names of pages
 * (`login account-passkeys`), those alone.
 */
import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { root } from '@latchkey/launcher/stack'
import { findChromium, startBrowser, whyNoBrowser } from '../packages/e2e/src/browser.ts'
import { provideChromium } from '../packages/e2e/src/provide-chromium.ts'
import { challengeSettings } from '../packages/e2e/src/screenshots/challenges.ts'
import { takeScreenshots } from '../packages/e2e/src/screenshots/index.ts'
import { startSuite, withoutLimits } from '../packages/e2e/src/suite.ts'
import { withTestStores } from './checks/test-stores.ts'
import { takeMailScreenshots } from './mail-screenshots.ts'

const wanted = process.argv.slice(2)
const folder = join(root, 'docs/screenshots')

const names = await withTestStores(async ({ env }) => {
  Object.assign(process.env, env)
  await provideChromium()
  const chromium = findChromium()
  if (chromium === undefined) throw new Error(whyNoBrowser)
  const suite = await startSuite({ settings: { ...withoutLimits, ...challengeSettings } })
  const browser = await startBrowser(chromium)
  try {
    if (wanted.length === 0) await rm(folder, { recursive: true, force: true })
    await mkdir(folder, { recursive: true })
    const pages = await takeScreenshots(browser, suite, folder, wanted)
    return wanted.length > 0 ? pages : [...pages, ...(await takeMailScreenshots(browser, folder))]
  } finally {
    await browser.close()
    await suite.stop()
  }
})
process.stdout.write(`${names.join('\n')}\n`)
