/** What every page may have to say, whoever's it is. */
import type { Catalogues } from './locale.ts'
import de from './locales/de.json' with { type: 'json' }
import en from './locales/en.json' with { type: 'json' }
import fr from './locales/fr.json' with { type: 'json' }

export const phrases: Catalogues<typeof en> = { en, de, fr }
