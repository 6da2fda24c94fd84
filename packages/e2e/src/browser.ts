/** A real Chromium for pages: one of this machine, one that CHROMIUM_PATH names, or the one that the run unpacked. */
import { accessSync, constants } from 'node:fs'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'

const candidates = (): readonly (string | undefined)[] => [
  process.env.CHROMIUM_PATH,
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
]

const isExecutable = (path: string | undefined): path is string => {
  try {
    accessSync(path ?? '', constants.X_OK)
    return true
  } catch {
    return false
  }
}

/** Undefined on a machine without one. */
export const findChromium = (): string | undefined => candidates().find(isExecutable)

export const whyNoBrowser =
  'no Chromium here, and apt could not get one: install chromium, or name one with CHROMIUM_PATH'

export const startBrowser = (executablePath: string): Promise<Browser> =>
  chromium.launch({
    executablePath,
    // As root, and in containers, Chromium has no sandbox to offer; the pages are our own.
    args: ['--no-sandbox', '--disable-dev-shm-usage', '--disable-gpu'],
  })

export const screens: Readonly<Record<string, BrowserContextOptions>> = {
  'a phone': { viewport: { width: 320, height: 640 } },
  'a desktop': { viewport: { width: 1280, height: 800 } },
  'a phone without JavaScript': { viewport: { width: 320, height: 640 }, javaScriptEnabled: false },
  'a desktop without JavaScript': { viewport: { width: 1280, height: 800 }, javaScriptEnabled: false },
}

/** Works on a fresh page, with what the browser complains about: blocked styles and forms, failed loads, broken markup. */
export const withBrowserPage = async (
  browser: Browser,
  options: BrowserContextOptions,
  work: (page: Page, said: readonly string[]) => Promise<void>,
): Promise<void> => {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  const said: string[] = []
  page.on('console', message => said.push(message.text()))
  page.on('pageerror', error => said.push(error.message))
  try {
    await work(page, said)
  } finally {
    await context.close()
  }
}
