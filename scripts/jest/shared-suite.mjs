// Jest's hooks around the end-to-end project: one suite for all journeys, started by the run. They are plain modules
// that load TypeScript through Node itself, since Jest transforms hooks as CommonJS. A suite that runs already, named
// by E2E_DATA_DIR, is used as it is.
import { glob, readFile } from 'node:fs/promises'
import { join } from 'node:path'

/** The running suite; Jest calls both hooks in one process. */
let suite

/** Whether any of the tests that run uses a browser, which takes a while to fetch. */
const needsBrowser = async ({ rootDir, testPathPatterns }) => {
  const runs = testPathPatterns.toExecutor({ rootDir })
  for await (const file of glob('packages/e2e/**/*.test.ts', { cwd: rootDir })) {
    const path = join(rootDir, file)
    if (runs.isMatch(path) && (await readFile(path, 'utf8')).includes("from '../src/browser.ts'")) return true
  }
  return false
}

export const start = async globalConfig => {
  const { provideChromium } = await import('../../packages/e2e/src/provide-chromium.ts')
  if (await needsBrowser(globalConfig)) await provideChromium()
  if (process.env.E2E_DATA_DIR) return
  const { appOrigin, startSuite, withoutLimits } = await import('../../packages/e2e/src/suite.ts')
  suite = await startSuite({ settings: { ...withoutLimits, CORS_ORIGINS: appOrigin } })
  process.env.E2E_DATA_DIR = suite.dataDir
}

export const stop = async () => {
  await suite?.stop()
}
