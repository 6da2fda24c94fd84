/** docs/settings.md says what the schemas say. */
import { readFile } from 'node:fs/promises'
import { settingsDocument, settingsFile } from '../settings-document.ts'
import { CheckFailed } from './run-steps.ts'

export const settingsDocs = async (): Promise<undefined> => {
  const written = await readFile(settingsFile, 'utf8').catch(() => '')
  if (written !== (await settingsDocument())) {
    throw new CheckFailed(
      'docs/settings.md is not what the schemas say; run: node scripts/write-settings-docs.ts',
    )
  }
}
