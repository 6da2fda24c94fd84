/** What the pages of this service say. */
import type { Catalogues } from '@latchkey/ui'
import de from './locales/de.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }

export const phrases: Catalogues<typeof en> = { en, de, fr }
