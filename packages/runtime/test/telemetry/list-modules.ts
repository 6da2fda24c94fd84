/** Preloaded before everything else: says on standard output, at the end, which modules of OpenTelemetry were loaded. */
import { writeSync } from 'node:fs'
import { registerHooks } from 'node:module'

const packages = new Set<string>()

registerHooks({
  load(url, context, nextLoad) {
    const name = /\/(@opentelemetry\/[^/]+)\/(?!.*\/node_modules\/)/.exec(url)?.[1]
    if (name !== undefined) packages.add(name)
    return nextLoad(url, context)
  },
})

process.once('exit', () =>
  writeSync(1, `${JSON.stringify({ message: 'loaded', packages: [...packages] })}\n`),
)
