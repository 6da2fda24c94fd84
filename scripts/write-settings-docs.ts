/** Writes docs/settings.md anew; `npm test` fails while it is out of date. */
import { writeFile } from 'node:fs/promises'
import { settingsDocument, settingsFile } from './settings-document.ts'

await writeFile(settingsFile, await settingsDocument())
