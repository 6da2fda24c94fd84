/** The name under which a process records, where OTEL_SERVICE_NAME does not say: that of its package. */
import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'

/** `…/services/notification/src/worker.ts` → `notification-worker`, `…/src/main.ts` → `notification`. */
export const serviceNameOf = (entry: string | undefined): string | undefined => {
  if (entry === undefined) return undefined
  const service = packageNameAbove(dirname(entry))?.replace(/^@[^/]+\//, '')
  const program = basename(entry).replace(/\.\w+$/, '')
  return service === undefined || program === 'main' ? service : `${service}-${program}`
}

const packageNameAbove = (folder: string): string | undefined => {
  try {
    const { name }: { name?: unknown } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
    return typeof name === 'string' ? name : undefined
  } catch {
    const parent = dirname(folder)
    return parent === folder ? undefined : packageNameAbove(parent)
  }
}
