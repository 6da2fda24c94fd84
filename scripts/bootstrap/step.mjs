// Runs one long step: says that it began, that it still runs, and how long it took. The output of its commands is
// shown only when one fails, last lines first to be looked at.
import { spawn } from 'node:child_process'

const REMINDER_MS = 10_000
const KEPT_OUTPUT_CHARS = 8_000

/** A step that failed for a reason worth reading; the message is all that is shown. */
export class StepFailed extends Error {}

const seconds = since => `${((Date.now() - since) / 1000).toFixed(1)} s`
const say = line => process.stderr.write(`latchkey: ${line}\n`)

/** Runs a command to its end; rejects with its last output when it fails. */
const execute = (env, command, args, options) =>
  new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      ...options,
      env: { ...env, ...options.env },
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    let output = ''
    const keep = chunk => {
      output = (output + chunk).slice(-KEPT_OUTPUT_CHARS)
    }
    child.stdout.setEncoding('utf8').on('data', keep)
    child.stderr.setEncoding('utf8').on('data', keep)
    child.on('error', error => reject(new StepFailed(`cannot run ${command}: ${error.message}`)))
    child.on('close', (code, signal) =>
      code === 0
        ? resolve()
        : reject(
            new StepFailed(
              `${command} ${args.join(' ')} failed (${signal ?? `exit ${code}`}):\n${output.trim()}`,
            ),
          ),
    )
  })

/** Runs `run({ exec })` with progress lines. `exec(command, args, options)` inherits the step's environment. */
export const runStep = async (title, env, run) => {
  const startedAt = Date.now()
  say(`${title} …`)
  const reminder = setInterval(() => say(`still ${title} (${seconds(startedAt)})`), REMINDER_MS)
  try {
    await run({ exec: (command, args, options = {}) => execute(env, command, args, options) })
  } finally {
    clearInterval(reminder)
  }
  say(`${title}: done in ${seconds(startedAt)}`)
}
