// The two places that the bootstrap writes to: the checkout and the tool chain inside it.
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The checkout. */
export const root = dirname(dirname(dirname(fileURLToPath(import.meta.url))))

/** Where the pinned Node and pnpm live; safe to delete. */
export const toolchain = join(root, '.toolchain')
