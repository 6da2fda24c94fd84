/**
 * Prisma's schema engine as WebAssembly: the same code that the Prisma CLI downloads as a binary, but part of
 * the installation, so that migrations work in slim images and without a network.
 */
import { readFile } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { dirname, join } from 'node:path'
import * as bindings from '@prisma/schema-engine-wasm/schema_engine_bg'

// Only the types of browsers describe it. Importing the .wasm itself would work too, with a warning at each start.
declare const WebAssembly: {
  instantiate(
    bytes: Uint8Array,
    imports: object,
  ): Promise<{ readonly instance: { readonly exports: Readonly<Record<string, unknown>> } }>
}

let loading: Promise<typeof bindings.SchemaEngine> | undefined

/** The engine's class; the module is compiled at the first call (25 MB, some 50 ms). */
export const loadSchemaEngine = (): Promise<typeof bindings.SchemaEngine> => {
  loading ??= instantiate()
  return loading
}

const instantiate = async (): Promise<typeof bindings.SchemaEngine> => {
  Object.assign(globalThis, { PRISMA_WASM_PANIC_REGISTRY: panicRegistry })
  const entry = createRequire(import.meta.url).resolve('@prisma/schema-engine-wasm/schema_engine_bg')
  const bytes = await readFile(join(dirname(entry), 'schema_engine_bg.wasm'))
  const { instance } = await WebAssembly.instantiate(bytes, { './schema_engine_bg.js': imports() })
  bindings.__wbg_set_wasm(instance.exports)
  const start: unknown = instance.exports.__wbindgen_start
  if (typeof start === 'function') start()
  return bindings.SchemaEngine
}

/** The engine sets a timer for its own lock and forgets it: ten seconds in which the process would not end. */
const imports = (): object =>
  Object.fromEntries(
    Object.entries(bindings).map(([name, binding]) => [
      name,
      name.startsWith('__wbg_setTimeout_') ? setTimeoutUnheld : binding,
    ]),
  )

const setTimeoutUnheld = (callback: () => void, ms: number): NodeJS.Timeout =>
  setTimeout(callback, ms).unref()

/** Where the engine tells why it gives up; it is unusable from then on, and the process is meant to end. */
const panicRegistry = {
  set_message(message: string): never {
    throw new Error(`the schema engine broke down: ${message}`)
  },
}
