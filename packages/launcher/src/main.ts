/** `npm start`: runs the suite until Ctrl-C. Exit codes: 0 stopped, 1 not started, 2 usage, 78 settings. */
import { once } from 'node:events'
import { parseArgs } from 'node:util'
import { SettingsError } from '@latchkey/runtime/settings'
import { banner } from './banner.ts'
import { SettingsRefused, StartFailed } from './processes/index.ts'
import { ProviderUnavailable } from './providers/index.ts'
import { StartRefused, startStack } from './stack/index.ts'

const usage = `npm start                  runs the whole suite on this machine
npm start -- --fresh       forgets what earlier starts kept, then runs it

PORT (8080), LATCHKEY_DATA_DIR (.latchkey), DATABASE_URL, REDIS_URL and every other setting of
docs/settings.md are honoured.
`

const say = (text: string): void => void process.stdout.write(`${text}\n`)

const readArguments = (): { fresh: boolean; help: boolean } => {
  const { values } = parseArgs({
    options: { fresh: { type: 'boolean' }, help: { type: 'boolean', short: 'h' } },
  })
  return { fresh: values.fresh ?? false, help: values.help ?? false }
}

const isInterruption = (error: unknown): boolean =>
  error instanceof DOMException && error.name === 'AbortError'

/** The exit code of a failure, whose message is meant for people; undefined for one that is a fault of ours. */
const exitCodeOf = (error: unknown): number | undefined => {
  if (error instanceof SettingsError || error instanceof SettingsRefused) return 78
  const isExpected = [StartRefused, StartFailed, ProviderUnavailable].some(
    expected => error instanceof expected,
  )
  return isExpected ? 1 : undefined
}

/** Aborts at the first signal; more of them change nothing, since stopping is under way. */
const stopAsked = (): AbortSignal => {
  const asked = new AbortController()
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => asked.abort())
  return asked.signal
}

const run = async (): Promise<number> => {
  let options: ReturnType<typeof readArguments>
  try {
    options = readArguments()
  } catch (error) {
    process.stderr.write(`latchkey: ${error instanceof Error ? error.message : String(error)}\n\n${usage}`)
    return 2
  }
  if (options.help) {
    say(usage)
    return 0
  }
  const stop = stopAsked()
  const startedAt = performance.now()
  say('Starting Latchkey …')
  const stack = await startStack({
    env: process.env,
    fresh: options.fresh,
    print: say,
    colored: process.stdout.isTTY && !process.env.NO_COLOR,
    signal: stop,
  })
  const { LATCHKEY_DATA_DIR: dataDir } = process.env
  say(banner(stack, { startedInMs: performance.now() - startedAt, dataDir }))
  if (!stop.aborted) await once(stop, 'abort')
  say('\nStopping …')
  await stack.stop()
  say('Stopped.')
  return 0
}

/** One line for what people can mend, the stack for what we must. */
const tell = (error: unknown, isExpected: boolean): void => {
  const words = error instanceof Error ? (isExpected ? error.message : error.stack) : String(error)
  const text = error instanceof SettingsError ? `these settings need attention\n${words}` : words
  process.stderr.write(`latchkey: ${text}\n`)
}

try {
  process.exitCode = await run()
} catch (error) {
  if (isInterruption(error)) {
    say('Stopped.')
  } else {
    const exitCode = exitCodeOf(error)
    tell(error, exitCode !== undefined)
    process.exitCode = exitCode ?? 1
  }
}
