import { execFile } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { describe, expect, it } from '@jest/globals'

const logger = fileURLToPath(new URL('../../src/logger/index.ts', import.meta.url))

/** What a process that runs `code` with a `logger` has written when it is gone. */
const messagesOf = async (code: string): Promise<string[]> => {
  const program = `
    import { createLogger } from ${JSON.stringify(logger)}
    const logger = createLogger({ service: 'token' })
    ${code}`
  const args = ['--input-type=module', '-e', program]
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: {} }).catch(
    (failed: { stdout: string }) => failed,
  )
  return stdout
    .trimEnd()
    .split('\n')
    .map(line => JSON.parse(line).message)
}

const numbers = Array.from({ length: 2_000 }, (_, index) => String(index))

describe('lines on standard output', () => {
  it('are all there, in order, when the process exits in the turn that wrote them', async () => {
    const code = 'for (let n = 0; n < 2000; n += 1) logger.info(String(n)); process.exit(1)'
    expect(await messagesOf(code)).toEqual(numbers)
  })

  it('keep their order over several loggers and turns', async () => {
    const code = `
      const other = createLogger({ service: 'token' })
      for (let n = 0; n < 2000; n += 2) {
        logger.info(String(n))
        other.child({ part: 'x' }).info(String(n + 1))
        if (n % 100 === 0) await new Promise(setImmediate)
      }`
    expect(await messagesOf(code)).toEqual(numbers)
  })

  it('are there when an exception ends the process', async () => {
    expect(await messagesOf(`logger.info('last words'); throw new Error('fault')`)).toEqual(['last words'])
  })
})
