/** A service for tests of its life: BEHAVIOUR says what it does. */
import { createClosing, runService } from '../../src/lifecycle/index.ts'
import { integerSetting, loadSettings, secret, urlSetting } from '../../src/settings/index.ts'

await runService('specimen', async ({ env, logger }) => {
  if (env.BEHAVIOUR === 'bad settings') {
    loadSettings({ DATABASE_URL: secret(urlSetting(['postgresql'])), POOL: integerSetting(5) }, env)
  }
  if (env.BEHAVIOUR === 'fails to start') throw new Error('port in use by password=hunter2')
  if (env.BEHAVIOUR === 'throws later') {
    setTimeout(() => {
      throw new Error('out of the blue')
    }, 20)
  }
  if (env.BEHAVIOUR === 'rejects later') setTimeout(() => void Promise.reject(new Error('left alone')), 20)
  const alive = setInterval(() => undefined, 1_000)
  const closing = createClosing(logger)
  closing.add('pool', () => logger.info('pool closed'))
  closing.add('relay', () => {
    throw new Error('relay stuck')
  })
  closing.add('server', async () => {
    if (env.BEHAVIOUR === 'never closes') await new Promise(() => undefined)
    clearInterval(alive)
    logger.info('server closed')
  })
  return closing
})
