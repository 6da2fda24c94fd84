/** How the pages look, and which browser their forms belong to. */
import { brandOf, createBrowserBinding, createUi } from '@latchkey/ui'
import type { TokenSettings } from './config.ts'

export const composePages = (settings: TokenSettings) => ({
  ui: createUi({ brand: brandOf(settings), publicUrl: settings.PUBLIC_URL }),
  browser: createBrowserBinding({ publicUrl: settings.PUBLIC_URL }),
})

export type Pages = ReturnType<typeof composePages>
