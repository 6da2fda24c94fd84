// Jest's hooks around the end-to-end project: one suite for all journeys, started by the run. They are plain modules
// that load TypeScript through Node itself, since Jest transforms hooks as CommonJS. A suite that runs already, named
// by E2E_DATA_DIR, is used as it is.
/** The running suite; Jest calls both hooks in one process. */
let suite

export const start = async () => {
  const { provideChromium } = await import('../../packages/e2e/src/provide-chromium.ts')
  await provideChromium()
  if (process.env.E2E_DATA_DIR) return
  const { appOrigin, startSuite, withoutLimits } = await import('../../packages/e2e/src/suite.ts')
  suite = await startSuite({ settings: { ...withoutLimits, CORS_ORIGINS: appOrigin } })
  process.env.E2E_DATA_DIR = suite.dataDir
}

export const stop = async () => {
  await suite?.stop()
}
